using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Serialization;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Entities.Checkpoints;

public sealed class EntityLoaderTests
{
    /// <summary>Items of which bytes are changed: they are refused as malformed, or make a state of which can be said whether it is whole. Nothing else is thrown, and no memory is taken that they do not pay for.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_items_are_refused_or_found_not_to_be_whole(int part)
    {
        byte[][] items = MakeItems();
        Random random = new(part);
        int refused = 0;
        for (int run = 0; run < 3000; run++)
        {
            int damaged = random.Next(items.Length);
            byte[] item = [.. items[damaged]];
            for (int i = 0; i <= random.Next(2); i++)
                item[random.Next(Math.Min(item.Length, 200))] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(8));
            if (random.Next(5) == 0)
                item = item[..random.Next(item.Length)];
            try
            {
                Load([.. items[..damaged], item, .. items[(damaged + 1)..]]);
            }
            catch (MalformedDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 1000, $"only {refused} refused");
    }

    [Fact]
    public void Whole_items_make_a_whole_state() => Assert.Empty(Load(MakeItems()));

    [Fact]
    public void A_component_of_no_entity_and_an_entity_without_its_component_are_found()
    {
        byte[][] items = MakeItems();
        int components = Array.FindIndex(items, static item => KindOf(item) == EntityItemKind.Components);
        Assert.Contains("no component", Assert.Single(Load([.. items[..components], .. items[(components + 1)..]]).Select(static found => found.Contains("no component", StringComparison.Ordinal)).Distinct().Select(static all => all ? "no component" : "")), StringComparison.Ordinal);
        int entities = Array.FindIndex(items, static item => KindOf(item) == EntityItemKind.Entities);
        IReadOnlyList<string> orphans = Load([.. items[..entities], .. items[(entities + 1)..]]);
        Assert.NotEmpty(orphans);
        Assert.All(orphans, static found => Assert.Contains("where no entity has one", found, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_archetypes_of_one_number_are_refused()
    {
        byte[][] items = MakeItems();
        int archetype = Array.FindIndex(items, static item => KindOf(item) == EntityItemKind.Archetype);
        Assert.Contains("two archetypes", Assert.Throws<MalformedDataException>(() => Load([.. items[..(archetype + 1)], .. items[archetype..]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_do_not_follow_each_other_are_refused()
    {
        byte[][] items = MakeItems();
        int components = Array.FindIndex(items, static item => KindOf(item) == EntityItemKind.Components);
        GrowableBuffer buffer = new(1 << 12);
        MessagePackWriter writer = new(buffer);
        writer.WriteArrayHeader(4);
        writer.WriteInteger((byte)EntityItemKind.Components);
        writer.WriteInteger(1);
        writer.WriteBinary([0, 0, 0, 0]);
        writer.WriteInteger(0);
        byte[] begun = buffer.WrittenSpan.ToArray();
        Assert.Throws<MalformedDataException>(() => Load([.. items[..components], begun]));
        Assert.Throws<MalformedDataException>(() => Load([.. items[..components], begun, items[components]]));
        Assert.Throws<MalformedDataException>(() => Load([.. items[..components], begun, items[^1]]));
    }

    /// <summary>What no change of a schema makes, no item has: a table of very many fields would take very long to be read.</summary>
    [Fact]
    public void A_table_that_no_change_of_a_schema_makes_is_refused()
    {
        FieldSchema[] most = [.. Enumerable.Range(1, SchemaChange.FieldsMax).Select(static number => new FieldSchema(number, $"F{number}", new FieldType(FieldKind.Bool), false))];
        Assert.Empty(LoadTable(most, SchemaChange.FieldsMax + 1));
        Assert.Contains("at most 1024", RefuseTable([.. most, new FieldSchema(SchemaChange.FieldsMax + 1, "Last", new FieldType(FieldKind.Bool), false)], SchemaChange.FieldsMax + 2), StringComparison.Ordinal);
        Assert.Contains("next field", RefuseTable(most[..3], nextField: 3), StringComparison.Ordinal);
        Assert.Contains("number 1", RefuseTable([most[1], most[0]], nextField: 3), StringComparison.Ordinal);
        Assert.Contains("'F1' already", RefuseTable([most[0], most[1] with { Name = "f1" }], nextField: 3), StringComparison.Ordinal);
        Assert.Contains("no default", RefuseTable([new FieldSchema(1, "To", new FieldType(FieldKind.Reference), new EntityId(5, 1))], nextField: 2), StringComparison.Ordinal);
    }

    private static string RefuseTable(FieldSchema[] fields, int nextField) => Assert.Throws<MalformedDataException>(() => LoadTable(fields, nextField)).Message;

    private static IReadOnlyList<string> LoadTable(FieldSchema[] fields, int nextField) => Load(
    [
        Write(static writer => EntityItems.WriteHead(writer, EntitySchema.Empty with { NextTable = 2 })),
        Write(writer => EntityItems.WriteTable(writer, new TableSchema { Number = 1, Name = "Table", Fields = [.. fields], NextField = nextField })),
    ]);

    private static byte[] Write(Action<MessagePackWriter> write)
    {
        GrowableBuffer buffer = new(1 << 20);
        write(new MessagePackWriter(buffer));
        return buffer.WrittenSpan.ToArray();
    }

    private static EntityItemKind KindOf(byte[] item)
    {
        MessagePackReader reader = new(item);
        reader.ReadArrayHeader();
        return (EntityItemKind)reader.ReadByte();
    }

    private static IReadOnlyList<string> Load(IEnumerable<byte[]> items)
    {
        IStateModel model = new EntityState();
        foreach (byte[] item in items)
            model.ReadItem(item, 1);
        return model.FindViolations();
    }

    private static byte[][] MakeItems()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample.Add(store);
        return ItemsOf(store, Lsn.None);
    }

    /// <summary>What a checkpoint taken now would hold.</summary>
    internal static byte[][] ItemsOf(EntityStore store, Lsn since)
    {
        IStateCapture capture = ((IStateModel)store.Entities).Capture(since);
        List<byte[]> items = [];
        GrowableBuffer item = new(RecordLimits.RecordBytesMax * 2);
        while (capture.TryWriteNext(item))
        {
            items.Add(item.WrittenSpan.ToArray());
            item.Reset();
        }

        capture.End(published: false);
        return [.. items];
    }
}
