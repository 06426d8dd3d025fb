namespace Persistence.Wal;

/// <summary>Reuses <see cref="AsyncCommit"/> objects.</summary>
internal sealed class AsyncCommitPool
{
    private const int CapacityMax = 4096;

    private readonly object _lock = new();
    private readonly Stack<AsyncCommit> _free = new();

    public AsyncCommit Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out AsyncCommit? commit))
                return commit;
        }

        return new AsyncCommit(this);
    }

    public void Return(AsyncCommit commit)
    {
        lock (_lock)
        {
            if (_free.Count < CapacityMax)
                _free.Push(commit);
        }
    }
}
