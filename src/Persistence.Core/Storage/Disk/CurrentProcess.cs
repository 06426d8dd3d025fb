using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Persistence.Platform;

namespace Persistence.Storage.Disk;

#pragma warning disable RS0030 // This is where the engine learns which process it runs in.

/// <summary>Who this process is, and whether another one still runs.</summary>
public static class CurrentProcess
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    // What clock adjustments and whole-second boot times may put between two readings of one process's start.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    // USER_HZ, the unit of process times: fixed at 100 on every architecture this runs on.
    private const double TicksPerSecond = 100;

    /// <summary>The identity of this process.</summary>
    public static ProcessIdentity Identify()
    {
        DateTimeOffset startTime = FindStartTime(Environment.ProcessId) ?? DateTimeOffset.UnixEpoch;
        return new ProcessIdentity(Environment.ProcessId, startTime, ReadBootId(), Environment.MachineName);
    }

    /// <summary>
    /// Whether the process that had this id and start time still runs on this machine. A process that merely has the same id
    /// started at another time and does not count. Good for a message; a lock is what decides. Where the system does not
    /// say, the answer is yes.
    /// </summary>
    public static bool IsAlive(int processId, DateTimeOffset startTime)
    {
        try
        {
            return FindStartTime(processId) is { } found && (found - startTime).Duration() <= StartTolerance;
        }
        catch (Win32Exception)
        {
            return true;
        }
    }

    /// <summary>When a process started, as <see cref="IsAlive"/> compares it; null when there is none of that id, or it has ended and was not waited for.</summary>
    /// <exception cref="Win32Exception">The system does not say.</exception>
    internal static DateTimeOffset? FindStartTime(int processId) =>
        OperatingSystem.IsLinux() ? FindLinuxStartTime(processId) : FindStartTimeByRuntime(processId);

    private static string ReadBootId() => TryReadAllText(BootIdFile)?.Trim() ?? "";

    // Not by the runtime, for which a process that died and was not waited for is still there.
    private static DateTimeOffset? FindLinuxStartTime(int processId)
    {
        const int StateField = 0;
        const int StartField = 19;
        string id = processId.ToString(CultureInfo.InvariantCulture);
        if (TryReadAllText($"/proc/{id}/stat") is not { } status || ReadBootTime() is not { } bootTime)
            return null;
        // The name, in parentheses, may hold anything; what follows it does not.
        string[] fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= StartField || fields[StateField] is "Z" or "X")
            return null;
        return bootTime.AddSeconds(long.Parse(fields[StartField], CultureInfo.InvariantCulture) / TicksPerSecond);
    }

    private static DateTimeOffset? ReadBootTime()
    {
        const string Key = "btime ";
        string? line = TryReadAllText("/proc/stat")?.Split('\n').FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? null : DateTimeOffset.FromUnixTimeSeconds(long.Parse(line.AsSpan(Key.Length), CultureInfo.InvariantCulture));
    }

    private static DateTimeOffset? FindStartTimeByRuntime(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.StartTime;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TryReadAllText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
