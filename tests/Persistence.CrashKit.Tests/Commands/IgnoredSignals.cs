using System.Globalization;

namespace Persistence.CrashKit.Tests.Commands;

/// <summary>Signals that this process ignores, and so every one it starts: as in a shell's background job or under nohup.</summary>
internal static class IgnoredSignals
{
    public static bool Contain(int signal)
    {
        const string Field = "SigIgn:";
        if (!File.Exists("/proc/self/status"))
            return false;
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(Field, StringComparison.Ordinal));
        ulong ignored = ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (ignored >> (signal - 1) & 1) != 0;
    }
}
