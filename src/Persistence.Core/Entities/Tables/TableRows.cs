using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// Which entities have a component of a table, where its values are, and since which commit; of those changed lately what they were before, for as long as a snapshot may ask. A row stays an entity's until it has
/// none and no snapshot shows that it had one. Not thread-safe.
/// </summary>
internal sealed class TableRows
{
    private const int None = -1;

    // By row: the entity's slot, and the commit that has made it what it is, shifted by one: odd when there is a component.
    private readonly PagedArray<int> _slots = new(None);
    private readonly PagedArray<long> _states = new(0);

    // By slot.
    private readonly PagedArray<int> _rows = new(None);
    private readonly Stack<int> _free = [];

    // Of rows that have been something before.
    private readonly OlderVersions<RowVersion> _older = new();

    private readonly CountHistory _counts = new();

    // Whose component was removed since the last checkpoint: an increment says so. Some may have one again.
    private HashSet<int> _removed = [];

    /// <summary>How many rows there have been.</summary>
    public int Count { get; private set; }

    /// <summary>The last commit that has changed something.</summary>
    public long LastChange { get; private set; }

    /// <summary>How many entities have a component.</summary>
    public int Live => _counts.Now;

    /// <summary>How many entities a snapshot shows that have a component.</summary>
    public int CountAt(Lsn snapshot) => _counts.At(snapshot);

    /// <summary>How many versions are kept beside the newest.</summary>
    public int OlderCount => _older.Count;

    /// <summary>The row of an entity that has, or had, a component; -1 for none.</summary>
    public int Find(int slot) => _rows[slot];

    /// <summary>Whose row it is; -1: nobody's.</summary>
    public int SlotOf(int row) => _slots[row];

    /// <summary>Whether there is a component in a row, with all that is applied.</summary>
    public bool Exists(int row) => row >= 0 && (_states[row] & 1) != 0;

    /// <summary>The commit that has made a row what it is.</summary>
    public long SinceOf(int row) => _states[row] >> 1;

    /// <summary>What a row was at a snapshot.</summary>
    /// <param name="row">The row.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="older">What it was, when that is not what it is now; without a schema when there was no component.</param>
    /// <returns>Whether it is now what it was.</returns>
    public bool IsNow(int row, Lsn snapshot, out RowVersion? older)
    {
        older = null;
        if (SinceOf(row) <= snapshot.Value)
            return true;
        older = _older.At(row, snapshot);
        return false;
    }

    /// <summary>Makes room for the component of an entity that has none.</summary>
    /// <param name="slot">The entity's.</param>
    /// <param name="commit">By which commit.</param>
    /// <param name="keepsOlder">Whether a snapshot may ask for what there was before.</param>
    /// <returns>The row.</returns>
    public int Add(int slot, long commit, bool keepsOlder)
    {
        int row = _rows[slot];
        if (row < 0)
        {
            row = _free.TryPop(out int freed) ? freed : Count++;
            (_slots[row], _rows[slot]) = (slot, row);
        }
        else
        {
            // Its component went lately.
            _older.Keep(row, RowVersion.None(SinceOf(row)), commit);
        }

        Note(row, commit, exists: true);
        _counts.Change(1, commit, keepsOlder);
        return row;
    }

    /// <summary>The values in a row are about to change.</summary>
    /// <param name="row">The row.</param>
    /// <param name="commit">By which commit.</param>
    /// <param name="before">What they are; null when no snapshot can ask for it.</param>
    public void Change(int row, long commit, RowVersion? before)
    {
        if (before is not null)
            _older.Keep(row, before, commit);
        Note(row, commit, exists: true);
    }

    /// <summary>The component in a row goes.</summary>
    /// <param name="row">The row.</param>
    /// <param name="commit">By which commit.</param>
    /// <param name="before">What it is; null when no snapshot can ask for it: then the row is free.</param>
    public void Remove(int row, long commit, RowVersion? before)
    {
        _counts.Change(-1, commit, keepsOlder: before is not null);
        if (before is not null)
            _older.Keep(row, before, commit);
        Note(row, commit, exists: false);
        _removed.Add(_slots[row]);
        if (before is null)
            Free(row);
    }

    /// <summary>The component in a row goes, and nobody needs to be told: a checkpoint has it so.</summary>
    public void Unload(int row)
    {
        _counts.Change(-1, commit: 0, keepsOlder: false);
        _states[row] = 0;
        Free(row);
    }

    /// <summary>Forgets what no snapshot can ask for any more.</summary>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    /// <param name="freed">Called with each row that is nobody's any more.</param>
    public void Prune(Lsn oldest, Action<int> freed)
    {
        _counts.Prune(oldest);
        while (_older.TryForget(oldest, out (int Row, long Commit) change))
        {
            if (SinceOf(change.Row) == change.Commit && !Exists(change.Row) && _slots[change.Row] >= 0)
            {
                Free(change.Row);
                freed(change.Row);
            }
        }
    }

    /// <summary>Whose component was removed since this was last called; some may have one again.</summary>
    public HashSet<int> TakeRemoved()
    {
        HashSet<int> removed = _removed;
        _removed = [];
        return removed;
    }

    /// <summary>Undoes <see cref="TakeRemoved"/>.</summary>
    public void PutBackRemoved(HashSet<int> removed) => _removed.UnionWith(removed);

    private void Note(int row, long commit, bool exists)
    {
        _states[row] = (commit << 1) | (exists ? 1L : 0L);
        LastChange = commit;
    }

    private void Free(int row)
    {
        _rows[_slots[row]] = None;
        _slots[row] = None;
        _older.Leave(row);
        _free.Push(row);
    }
}
