using System.Diagnostics;

namespace Persistence.CrashKit.Processes;

/// <summary>A moment until which something is waited for.</summary>
internal readonly struct Deadline
{
    private readonly long _start;
    private readonly TimeSpan _time;

    private Deadline(TimeSpan time)
    {
        _start = Stopwatch.GetTimestamp();
        _time = time;
    }

    /// <summary>What is left until then; zero when it is past.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _time - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public static Deadline After(TimeSpan time) => new(time);
}
