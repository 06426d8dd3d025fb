using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Benchmarks;

/// <summary>Another process that wants the lock: this program once more.</summary>
internal static class LockContender
{
    public const string HoldVerb = "locks-hold";
    public const string CycleVerb = "locks-cycle";
    public const int TimeoutMs = 600_000;

    public static LockContext ContextFor(IFileSystem files) => new(files, SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance);

    public static Process Start(params IEnumerable<string> arguments)
    {
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        ProcessStartInfo start = new(program, isHost ? [Assembly.GetExecutingAssembly().Location, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Takes the lock, says so, and holds it until its input ends.</summary>
    public static void Hold(string directory)
    {
        using StoreLock held = StoreLock.Acquire(ContextFor(DiskFileSystem.Open(directory)), TimeoutMs);
        Console.WriteLine("held");
        Console.In.ReadToEnd();
    }

    /// <summary>Takes the lock and leaves it so many times, a line in a file each time; then says when it was done and how long each wait took.</summary>
    public static void Cycle(string directory, int cycles)
    {
        LockContext context = ContextFor(DiskFileSystem.Open(directory));
        StoreLock.Acquire(context, TimeoutMs).Dispose();
        Console.WriteLine("ready");
        Console.In.ReadLine();
        List<double> waitsUs = [];
        for (int i = 0; i < cycles; i++)
        {
            long started = Stopwatch.GetTimestamp();
            using StoreLock mine = StoreLock.Acquire(context, TimeoutMs);
            waitsUs.Add((Stopwatch.GetTimestamp() - started) * 1e6 / Stopwatch.Frequency);
            File.AppendAllText(Path.Combine(directory, "turns"), $"{Environment.ProcessId}\n");
        }

        Console.WriteLine(string.Join(' ', [Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture), .. waitsUs.Select(us => us.ToString("F1", CultureInfo.InvariantCulture))]));
    }
}
