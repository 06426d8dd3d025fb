using Persistence.State;

namespace Persistence.Entities;

/// <summary>How many there are of something, and how many there were, for as long as a snapshot may ask. Not thread-safe.</summary>
internal sealed class CountHistory
{
    // How many there were before a commit that has changed that; oldest first.
    private readonly Queue<(long Commit, int Before)> _older = [];
    private long _changed;

    /// <summary>How many there are, with all that is applied.</summary>
    public int Now { get; private set; }

    /// <summary>How many a snapshot shows.</summary>
    public int At(Lsn snapshot)
    {
        if (_changed <= snapshot.Value)
            return Now;
        foreach ((long commit, int before) in _older)
        {
            if (commit > snapshot.Value)
                return before;
        }

        return Now;
    }

    /// <summary>There are more, or fewer.</summary>
    /// <param name="difference">By how many.</param>
    /// <param name="commit">By which commit.</param>
    /// <param name="keepsOlder">Whether a snapshot may ask for how many there were before.</param>
    public void Change(int difference, long commit, bool keepsOlder)
    {
        if (keepsOlder && difference != 0 && commit > _changed)
        {
            _older.Enqueue((commit, Now));
            _changed = commit;
        }

        Now += difference;
    }

    /// <summary>Forgets what no snapshot can ask for any more.</summary>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    public void Prune(Lsn oldest)
    {
        while (_older.TryPeek(out (long Commit, int Before) change) && change.Commit <= oldest.Value)
            _older.Dequeue();
    }

    public void Clear()
    {
        _older.Clear();
        (Now, _changed) = (0, 0);
    }
}
