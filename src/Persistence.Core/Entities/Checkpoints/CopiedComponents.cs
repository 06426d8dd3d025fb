using System.Collections.Immutable;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Components that were taken out of their columns, in columns of their own: those of one item, or of several that have the columns one after the other.</summary>
internal sealed class CopiedComponents
{
    // An item takes no more rows, or columns, after that many bytes.
    private const int ItemBytes = 16 << 20;

    private readonly int _table;
    private readonly int[] _slots;
    private readonly int[] _rows;
    private readonly ImmutableArray<Column> _columns;

    private CopiedComponents(TableView view, IReadOnlyList<CopiedRow> copied)
    {
        _table = view.Schema.Number;
        _slots = [.. copied.Select(static row => row.Slot)];
        _rows = [.. Enumerable.Range(0, copied.Count)];
        _columns = [.. view.Schema.Fields.Select(static field => FieldCodec.Of(field.Type).CreateColumn(field.KeptDefault))];
        foreach (int row in _rows)
        {
            for (int i = 0; i < _columns.Length; i++)
                _columns[i].Set(row, copied[row].Values[i]);
        }
    }

    /// <summary>Puts rows into as few items as they fit into.</summary>
    public static IEnumerable<CopiedComponents> Divide(TableView view, IReadOnlyList<CopiedRow> copied)
    {
        List<CopiedRow> group = [];
        long bytes = 0;
        foreach (CopiedRow row in copied)
        {
            long size = row.Bytes;
            if (group.Count == EntityItems.EntitiesMax || group.Count > 0 && bytes + size > ItemBytes)
            {
                yield return new CopiedComponents(view, group);
                group.Clear();
                bytes = 0;
            }

            group.Add(row);
            bytes += size;
        }

        if (group.Count > 0)
            yield return new CopiedComponents(view, group);
    }

    /// <summary>The steps in which they are written: each writes an item.</summary>
    public IEnumerable<Func<GrowableBuffer, bool>> Enumerate()
    {
        int next = 0;
        do
        {
            int first = next;
            next = FindEnd(first);
            int count = next - first;
            yield return item =>
            {
                EntityItems.WriteComponents(new MessagePackWriter(item), _table, _slots, _columns, _rows, first, count);
                return true;
            };
        }
        while (next < _columns.Length);
    }

    private int FindEnd(int first)
    {
        long bytes = 0;
        int end = first;
        while (end < _columns.Length && (end == first || bytes + SizeOf(end) <= ItemBytes))
            bytes += SizeOf(end++);
        return end;
    }

    private long SizeOf(int column) => _rows.Sum(_columns[column].SizeOf);
}
