namespace Persistence.CrashKit.Worker;

/// <summary>Numbers the operations of a process. Thread-safe.</summary>
internal sealed class OperationNumbers
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}
