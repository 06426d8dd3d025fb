using System.Runtime.InteropServices;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// The components of one table on their way into a checkpoint. Rows that are as the snapshot shows them are written as columns straight from where they are, while the state's lock is held; those that were changed since, and large ones, are
/// copied first, and written when it is not.
/// </summary>
/// <param name="state">The state.</param>
/// <param name="view">The table, as the snapshot shows it.</param>
/// <param name="snapshot">The snapshot. It stays open meanwhile.</param>
/// <param name="since">What was committed below is not wanted; none: everything is.</param>
internal sealed class ComponentCapture(EntityState state, TableView view, Lsn snapshot, Lsn since)
{
    // What is gone through, and gathered, while somebody may wait.
    private const int RowsPerPiece = 4 * EntityItems.EntitiesMax;
    private const int WrittenPerPiece = 512;
    private const int BytesPerPiece = 64 << 10;

    // A row of more is copied: its values are objects, which do not change.
    private const int LargeRowBytes = 8 << 10;

    private readonly int _end = view.Rows.Count;
    private readonly List<int> _rows = [];
    private readonly List<int> _slots = [];
    private readonly List<CopiedRow> _copied = [];
    private int _next;

    /// <summary>How many rows were gone through.</summary>
    public long Done => _next;

    /// <summary>The steps in which they are written: each writes an item, or finds that there is none to be written.</summary>
    public IEnumerable<Func<GrowableBuffer, bool>> Enumerate()
    {
        while (_next < _end)
        {
            yield return item => state.Locked(() => WriteNext(item));
            foreach (CopiedComponents copied in CopiedComponents.Divide(view, _copied))
            {
                foreach (Func<GrowableBuffer, bool> step in copied.Enumerate())
                    yield return step;
            }

            _copied.Clear();
        }
    }

    /// <summary>Goes through some rows; writes those that can be written as they are, and copies the others.</summary>
    private bool WriteNext(GrowableBuffer item)
    {
        _rows.Clear();
        _slots.Clear();
        long bytes = 0;
        for (int end = Math.Min(_end, _next + RowsPerPiece); _next < end && _rows.Count + _copied.Count < WrittenPerPiece && bytes < BytesPerPiece; _next++)
        {
            if (view.Rows.SinceOf(_next) < since.Value)
                continue;
#if MUTANTS
            if (view.Rows.SlotOf(_next) is int slot and >= 0 && since != Lsn.None && state.SinceOf(slot) < since.Value && Mutants.Is(Mutants.IncrementLeavesComponentsOut))
                continue;
#endif
            if (!view.Rows.IsNow(_next, snapshot, out RowVersion? older))
            {
                if (older?.Schema is not null && older.Since >= since.Value)
                    Copy(_next);
                continue;
            }

            if (!view.Rows.Exists(_next))
                continue;
            long size = view.SizeOf(_next);
            if (size > LargeRowBytes)
            {
                Copy(_next);
                continue;
            }

            bytes += size;
            _rows.Add(_next);
            _slots.Add(view.Rows.SlotOf(_next));
        }

        if (_rows.Count > 0)
            EntityItems.WriteComponents(new MessagePackWriter(item), view.Schema.Number, CollectionsMarshal.AsSpan(_slots), view.Columns, CollectionsMarshal.AsSpan(_rows), 0, view.Columns.Length);
        return _rows.Count > 0;
    }

    private void Copy(int row) => _copied.Add(CopiedRow.Of(view.Schema, view.Rows.SlotOf(row), view.Read(row, snapshot)!));
}
