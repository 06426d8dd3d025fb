using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Puts a state together from the items of a chain of checkpoints; FORMAT.md.</summary>
internal sealed class EntityLoader(EntityData data)
{
    // Those of the checkpoint at hand, by its numbers.
    private readonly Dictionary<int, int> _archetypes = [];

    // While the tables of the checkpoint at hand are read: those that were read.
    private EntitySchema? _schema;
    private int _nextTable;

    // Components of which columns are still to come: the table, whose they are, and the next column.
    private (int Table, int[] Slots, int Next)? _incomplete;

    /// <summary>Takes the next item.</summary>
    /// <exception cref="MalformedDataException">It is not what the format says.</exception>
    public void Read(ReadOnlySpan<byte> item)
    {
        MessagePackReader reader = new(item, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        EntityItemKind kind = (EntityItemKind)reader.ReadByte();
        int more = fields - EntityItems.FieldsOf(kind);
        if (more < 0)
            throw new MalformedDataException($"An item of entities has {fields} fields; {fields - more} were expected.", reader.Position);
        if (kind != EntityItemKind.Components)
            RequireComplete();
        if (kind > EntityItemKind.Table)
            EndTables();
        switch (kind)
        {
            case EntityItemKind.Head:
                EndTables();
                _archetypes.Clear();
                _schema = EntitySchema.Empty;
                _nextTable = SchemaCodec.ReadNext(ref reader);
                break;
            case EntityItemKind.Table:
                ReadTable(ref reader);
                break;
            case EntityItemKind.Archetype:
                ReadArchetype(ref reader);
                break;
            case EntityItemKind.Entities:
                ReadEntities(ref reader);
                break;
            case EntityItemKind.ComponentsRemoved:
                ReadRemoved(ref reader);
                break;
            case EntityItemKind.Components:
                ReadComponents(ref reader, more);
                break;
        }
    }

    /// <summary>There are no more items.</summary>
    /// <exception cref="MalformedDataException">There should be.</exception>
    public void End()
    {
        RequireComplete();
        EndTables();
    }

    private void ReadTable(ref MessagePackReader reader)
    {
        EntitySchema before = _schema ?? throw new MalformedDataException("A table is not behind a head.", reader.Position);
        TableSchema table = new() { Number = SchemaCodec.ReadNumber(ref reader), Name = SchemaCodec.ReadName(ref reader, "table"), Version = SchemaCodec.ReadNumber(ref reader) };
        int nextField = SchemaCodec.ReadNext(ref reader);
        ImmutableArray<FieldSchema> fields = SchemaCodec.ReadFields(ref reader);
        try
        {
            foreach (FieldSchema field in fields)
                table = FieldAdded.AddTo(table, field);
            _schema = before.Add(table with { NextField = nextField });
        }
        catch (StoreException e)
        {
            throw new MalformedDataException($"A table, or a field of one, cannot be: {e.Message}", reader.Position);
        }

        if (nextField < table.NextField)
            throw new MalformedDataException($"The next field of the table '{table.Name}' has the number {nextField}, which is one of a field that is there.", reader.Position);
    }

    /// <summary>What is known of the tables is what the checkpoint at hand says.</summary>
    private void EndTables()
    {
        if (_schema is not EntitySchema schema)
            return;
        if (schema.NextTable > _nextTable)
            throw new MalformedDataException($"The next table has the number {_nextTable}, which is one of a table that is there.", 0);
        foreach (TableView view in data.Tables.Views)
        {
            if (schema.Tables.TryGetValue(view.Schema.Number, out TableSchema? next) && !CanBecome(view.Schema, next))
                throw new MalformedDataException($"The table '{view.Schema.Name}' has a field of another type than it had.", 0);
        }

        data.Load(data.Tables.With(schema with { NextTable = _nextTable }));
        _schema = null;
    }

    private static bool CanBecome(TableSchema before, TableSchema next) => next.Fields.All(
        field => before.IndexOf(field.Number) is int index && (index < 0 || before.Fields[index].Type == field.Type || before.Fields[index].Type.CanWidenTo(field.Type)));

    private void ReadArchetype(ref MessagePackReader reader)
    {
        int number = SchemaCodec.ReadNumber(ref reader);
        int archetype = Archetypes.Empty;
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
            archetype = data.Archetypes.With(archetype, FindTable(ref reader).Schema.Number);
        if (!_archetypes.TryAdd(number, archetype))
            throw new MalformedDataException($"There are two archetypes of number {number}.", reader.Position);
    }

    private void ReadEntities(ref MessagePackReader reader)
    {
        int[] slots = EntityItems.ReadIntegers(ref reader, least: 0);
        int[] generations = EntityItems.ReadIntegers(ref reader, EntityRegistry.NoGeneration);
        int[] archetypes = EntityItems.ReadIntegers(ref reader, EntityRegistry.NoArchetype);
        if (generations.Length != slots.Length || archetypes.Length != slots.Length || slots.Any(static slot => slot > EntityId.SlotMax))
            throw new MalformedDataException("An item of entities has lists that do not go together.", reader.Position);
        for (int i = 0; i < slots.Length; i++)
        {
            int archetype = EntityRegistry.NoArchetype;
            if (archetypes[i] != EntityRegistry.NoArchetype && (generations[i] == EntityRegistry.NoGeneration || !_archetypes.TryGetValue(archetypes[i], out archetype)))
                throw new MalformedDataException($"The entity of slot {slots[i]} has no generation, or an archetype that is not there.", reader.Position);
            data.Registry.Put(slots[i], generations[i], archetype, commit: 0, keepsOlder: false);
        }
    }

    private void ReadRemoved(ref MessagePackReader reader)
    {
        TableView table = FindTable(ref reader);
        foreach (int slot in EntityItems.ReadIntegers(ref reader, least: 0))
            table.Unload(slot);
    }

    private void ReadComponents(ref MessagePackReader reader, int columns)
    {
        TableView table = FindTable(ref reader);
        int[] slots = EntityItems.ReadIntegers(ref reader, least: 0);
        int first = reader.ReadInt32();
        (int Table, int[] Slots, int Next) expected = _incomplete ?? (table.Schema.Number, slots, 0);
        if (expected.Table != table.Schema.Number || expected.Next != first || !expected.Slots.AsSpan().SequenceEqual(slots) || first + columns > table.Columns.Length || slots.Any(static slot => slot > EntityId.SlotMax))
            throw new MalformedDataException("An item of components does not go on where the one before it ended, or has more columns than the table.", reader.Position);
        int[] rows = Array.ConvertAll(slots, table.Load);
        for (int i = first; i < first + columns; i++)
        {
#if MUTANTS
            if (Mutants.Is(Mutants.DroppedFieldShiftsColumns))
            {
                if (table.Schema.IndexOf(i + 1) is int place and >= 0)
                    table.Columns[place].ReadColumn(rows, ref reader);
                else
                    reader.Skip();
                continue;
            }
#endif
            table.Columns[i].ReadColumn(rows, ref reader);
        }

        int next = first + columns;
        _incomplete = next == table.Columns.Length ? null : (table.Schema.Number, slots, next);
    }

    private TableView FindTable(ref MessagePackReader reader)
    {
        int number = SchemaCodec.ReadNumber(ref reader);
        return data.Tables.Find(number) ?? throw new MalformedDataException($"An item is of the table {number}, which is not there.", reader.Position);
    }

    private void RequireComplete()
    {
        if (_incomplete is not null)
            throw new MalformedDataException("Components have not all their columns.", 0);
    }
}
