namespace Persistence.State;

/// <summary>
/// Which commits may be seen. A commit is seen as a whole, in every model at once, from the moment all of it is applied; until then, and for
/// snapshots taken before, the models keep the versions it replaces. Thread-safe.
/// </summary>
public sealed class SnapshotHorizon
{
    private readonly object _lock = new();

    // Under _lock: how many snapshots are open at each position.
    private readonly SortedDictionary<long, int> _open = [];
    private long _visible;
    private long _oldest;

    /// <param name="visible">Everything applied so far.</param>
    public SnapshotHorizon(Lsn visible)
    {
        _visible = visible.Value;
        _oldest = visible.Value;
    }

    /// <summary>Commits up to here are applied, all of them.</summary>
    public Lsn Visible => new(Volatile.Read(ref _visible));

    /// <summary>No snapshot, open or to come, is older: versions replaced by commits up to here are seen by nobody.</summary>
    public Lsn Oldest => new(Volatile.Read(ref _oldest));

    /// <summary>A snapshot of now.</summary>
    public Snapshot Open()
    {
        lock (_lock)
        {
            _open[_visible] = _open.GetValueOrDefault(_visible) + 1;
            Volatile.Write(ref _oldest, _open.Keys.First());
            return new Snapshot(this, new Lsn(_visible));
        }
    }

    /// <summary>A commit is applied. In LSN order, by one thread at a time.</summary>
    /// <param name="commit">LSN of its last record.</param>
    internal void Advance(Lsn commit)
    {
        lock (_lock)
        {
            Volatile.Write(ref _visible, commit.Value);
            if (_open.Count == 0)
                Volatile.Write(ref _oldest, commit.Value);
        }
    }

    internal void Close(Lsn position)
    {
        lock (_lock)
        {
            int left = _open[position.Value] - 1;
            if (left > 0)
                _open[position.Value] = left;
            else
                _open.Remove(position.Value);
            Volatile.Write(ref _oldest, _open.Count == 0 ? _visible : _open.Keys.First());
        }
    }
}
