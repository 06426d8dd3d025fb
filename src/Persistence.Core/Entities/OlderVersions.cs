using Persistence.State;

namespace Persistence.Entities;

/// <summary>What slots or rows were before they became what they are, for as long as a snapshot may ask. Not thread-safe.</summary>
internal sealed class OlderVersions<T>
    where T : OlderVersion<T>
{
    // The newest of those of each place.
    private readonly Dictionary<int, T> _newest = [];

    // Changes that some snapshot, open or to come, does not see, with what there was before; oldest first.
    private readonly Queue<(int Place, long Commit, T Before)> _recent = [];

    /// <summary>How many there are.</summary>
    public int Count => _recent.Count;

    /// <summary>What a place was at a snapshot that does not see what it is; null: nothing is known of it.</summary>
    public T? At(int place, Lsn snapshot)
    {
        T? older = _newest.GetValueOrDefault(place);
        while (older is not null && older.Since > snapshot.Value)
            older = older.Previous;
        return older;
    }

    /// <summary>A place is about to change.</summary>
    /// <param name="place">The place.</param>
    /// <param name="before">What it is.</param>
    /// <param name="commit">By which commit.</param>
    public void Keep(int place, T before, long commit)
    {
        if (_newest.TryGetValue(place, out T? previous))
            (before.Previous, previous.Next) = (previous, before);
        _newest[place] = before;
        _recent.Enqueue((place, commit, before));
    }

    /// <summary>A place is somebody else's from now on, and nobody asks what it was.</summary>
    public void Leave(int place) => _newest.Remove(place);

    /// <summary>Forgets the oldest of all, if no snapshot can ask for it any more.</summary>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    /// <param name="change">The place, and the commit by which it became something else.</param>
    /// <returns>Whether it did.</returns>
    public bool TryForget(Lsn oldest, out (int Place, long Commit) change)
    {
        change = default;
        if (!_recent.TryPeek(out (int Place, long Commit, T Before) first) || first.Commit > oldest.Value)
            return false;
        _recent.Dequeue();
        if (first.Before.Next is T next)
            next.Previous = null;
        else if (ReferenceEquals(_newest.GetValueOrDefault(first.Place), first.Before))
            _newest.Remove(first.Place);
        change = (first.Place, first.Commit);
        return true;
    }

    public void Clear()
    {
        _newest.Clear();
        _recent.Clear();
    }
}
