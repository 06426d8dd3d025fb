using Persistence.State;

namespace Persistence.Entities;

/// <summary>How many there were of something, for as long as a snapshot may ask. Not thread-safe.</summary>
internal sealed class CountHistory
{
    // How many there were up to a commit, and after the one before it in here; oldest first.
    private readonly Queue<(Lsn Until, int Count)> _older = [];
    private Lsn _noted;

    /// <summary>How many a snapshot shows.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="now">How many there are, with all that is applied.</param>
    public int At(Lsn snapshot, int now)
    {
        foreach ((Lsn until, int count) in _older)
        {
            if (snapshot <= until)
                return count;
        }

        return now;
    }

    /// <summary>The number is about to change.</summary>
    /// <param name="visible">There are no snapshots younger than this one.</param>
    /// <param name="count">The number before.</param>
    public void Note(Lsn visible, int count)
    {
        if (visible <= _noted)
            return;
        _older.Enqueue((visible, count));
        _noted = visible;
    }

    /// <summary>Forgets what no snapshot can ask for any more.</summary>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    public void Prune(Lsn oldest)
    {
        while (_older.TryPeek(out (Lsn Until, int Count) count) && count.Until < oldest)
            _older.Dequeue();
    }

    public void Clear()
    {
        _older.Clear();
        _noted = Lsn.None;
    }
}
