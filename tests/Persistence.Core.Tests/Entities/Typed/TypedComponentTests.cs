using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities.Typed;

public sealed class TypedComponentTests
{
    [Fact]
    public void Structures_records_and_classes_are_components()
    {
        SimulatedFileSystem files = new();
        EntityId entity;
        Everything everything = MakeEverything();
        using (EntityStore store = EntityStore.Create(files))
        {
            EntityState entities = store.Entities;
            entities.Define<Position>();
            entities.Define<Named>();
            entities.Define<Everything>();
            entities.Define<Plain>();
            entities.Define<Marked>();
            EntityBatch batch = entities.CreateBatch();
            entity = batch.Create(new Position(1, 2), new Named("one"), everything);
            batch.Add(entity, new Plain { Count = 3, Ignored = 9 });
            batch.Set(entity, default(Marked));
            EntityId other = batch.Create(new Position(3, 4));
            batch.Set(other, new Position(5, 6));
            batch.Remove<Position>(other);
            entities.Commit(batch);
        }

        using EntityStore again = EntityStore.Open(files);
        Assert.Equal(new Position(1, 2), again.Entities.Get<Position>(entity));
        Assert.Equal(new Named("one"), again.Entities.Get<Named>(entity));
        Everything found = again.Entities.Get<Everything>(entity);
        Assert.Equal(everything with { Bytes = found.Bytes, Texts = found.Texts, Numbers = found.Numbers, Many = found.Many, Guids = found.Guids }, found);
        Assert.Equal(everything.Bytes, found.Bytes);
        Assert.Equal(everything.Texts, found.Texts);
        Assert.Equal(everything.Numbers, found.Numbers);
        Assert.Equal(everything.Many, found.Many);
        Assert.Equal(everything.Guids, found.Guids);
        Assert.Equal((3, 0), (again.Entities.Get<Plain>(entity).Count, again.Entities.Get<Plain>(entity).Ignored));
        Assert.Equal(["Bytes", "Double", "Float", "Guid", "Guids", "Int", "Kind", "Large", "Length", "Long", "Many", "Numbers", "Other", "Short", "Signed", "Small", "Text", "Texts", "True", "UShort", "Unsigned", "When", "WhenLocal"], again.Entities.Schema.Get("Everything").Fields.Select(static field => field.Name).Order(StringComparer.Ordinal));
        (EntityId id, Position position, Named named) = Assert.Single(again.Entities.Query<Position, Named>());
        Assert.Equal((entity, 1f, "one"), (id, position.X, named.Text));
        Assert.Single(again.Entities.Query<Position>());
        Assert.Single(again.Entities.Query<Position, Named, Plain>());
        Assert.False(again.Entities.TryGet(again.Add(), out Position _));
    }

    [Fact]
    public void What_a_program_gets_it_can_change_without_changing_the_state()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.Define<Everything>();
        Everything given = MakeEverything();
        EntityId entity = default;
        store.Change(batch => entity = batch.Create(given));
        string before = store.Dump();
        given.Bytes![0]++;
        Everything found = store.Entities.Get<Everything>(entity);
        found.Bytes![0]++;
        found.Numbers![0]++;
        ((byte[])store.Entities.GetComponent(entity, "Everything")["Bytes"]!)[0]++;
        ((int[])store.Entities.GetComponent(entity, "Everything").ToDictionary()["Numbers"]!)[0]++;
        Assert.Equal(before, store.Dump());
    }

    /// <summary>A program's type as it was, and as it becomes: fields are added, renamed, widened, and one is left.</summary>
    [Fact]
    public void A_table_follows_its_type()
    {
        SimulatedFileSystem files = new();
        EntityId old = default;
        using (EntityStore store = EntityStore.Create(files))
        {
            store.Entities.Define<Before.Creature>();
            store.Change(batch => old = batch.Create(new Before.Creature(7, "x", 1.5f, true)));
            store.Store.TakeCheckpoint();
            store.Change(batch => batch.Set(old, new Before.Creature(8, "y", 2.5f, true)));
        }

        using EntityStore again = EntityStore.Open(files);
        Assert.Equal(StoreError.FieldNotFound, Assert.ThrowsAny<StoreException>(() => again.Entities.Get<After.Creature>(old)).Error);
        TableSchema table = again.Entities.Define<After.Creature>();
        Assert.Equal(["Health", "Name", "Speed", "Legacy", "Level", "Born"], table.Fields.Select(static field => field.Name));
        Assert.Equal(new After.Creature(8, "y", 2.5, 42, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)), again.Entities.Get<After.Creature>(old));
        int version = table.Version;
        Assert.Equal(version, again.Entities.Define<After.Creature>().Version);

        // What the type does not have stays when fields are changed, and has its default when the component is set.
        again.Change(batch => batch.Change(old, new After.Creature(1, "z", 1, 1, default)));
        Assert.Equal(true, again.Entities.GetComponent(old, "Creature")["Legacy"]);
        again.Change(batch => batch.Set(old, new After.Creature(1, "z", 1, 1, default)));
        Assert.Equal(false, again.Entities.GetComponent(old, "Creature")["Legacy"]);

        // The program of before goes on with the wider table.
        Assert.Equal(StoreError.FieldNotFound, Assert.ThrowsAny<StoreException>(() => again.Entities.Get<Before.Creature>(old)).Error);
        again.Entities.RenameField("Creature", "Health", "Hp");
        Assert.Equal(new Before.Creature(1, "z", 1, false), again.Entities.Get<Before.Creature>(old));
        again.Change(batch => batch.Change(old, new Before.Creature(-5, "old", 0.5f, true)));
        Assert.Equal(-5L, again.Entities.GetComponent(old, "Creature")["Hp"]);
        again.Change(batch => batch.Change(old, ComponentData.Of("Creature", ("Hp", long.MaxValue))));
        Assert.Equal(StoreError.ComponentTypeMismatch, Assert.ThrowsAny<StoreException>(() => again.Entities.Get<Before.Creature>(old)).Error);
    }

    [Fact]
    public void A_renamed_type_takes_its_table_along()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.Define<Position>();
        EntityId entity = default;
        store.Change(batch => entity = batch.Create(new Position(1, 2)));
        store.Entities.Define<Place>();
        Assert.Equal(new Place(1, 2), store.Entities.Get<Place>(entity));
        Assert.Null(store.Entities.Schema.Find("Position"));
    }

    [Fact]
    public void A_type_that_cannot_go_with_its_table_is_refused_with_the_field_s_name_and_nothing_is_changed()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("Named", new FieldDefinition("Text", new FieldType(FieldKind.Int32)));
        string before = store.Dump();
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Entities.Define<Named>());
        Assert.Equal(StoreError.SchemaIncompatible, refused.Error);
        Assert.Contains("'Text'", refused.Message, StringComparison.Ordinal);
        store.Entities.CreateTable("Position", new FieldDefinition("Y", new FieldType(FieldKind.String)));
        before = store.Dump();
        Assert.Contains("'Y'", Assert.ThrowsAny<StoreException>(() => store.Entities.Define<Position>()).Message, StringComparison.Ordinal);
        Assert.Equal(before, store.Dump());
        Assert.Equal(StoreError.SchemaIncompatible, Assert.ThrowsAny<StoreException>(() => store.Change(static batch => batch.Create(new Named("x")))).Error);
        Assert.Equal(before, store.Dump());
    }

    [Fact]
    public void Types_that_are_none_of_components_are_refused_with_the_reason()
    {
        using EntityStore store = EntityStore.Create();
        Assert.Contains("'Inner'", Assert.Throws<ArgumentException>(() => store.Entities.Define<WithObject>()).Message, StringComparison.Ordinal);
        Assert.Contains("same field", Assert.Throws<ArgumentException>(() => store.Entities.Define<Twice>()).Message, StringComparison.Ordinal);
        Assert.Contains("constructor", Assert.Throws<ArgumentException>(() => store.Entities.Define<NoWayIn>()).Message, StringComparison.Ordinal);
        Assert.Empty(store.Entities.Schema.Tables);
    }

    [Fact]
    public void Components_are_read_and_written_in_transactions_and_snapshots()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.Define<Position>();
        EntityId entity = default;
        store.Change(batch => entity = batch.Create(new Position(1, 1)));
        using Snapshot snapshot = store.Store.OpenSnapshot();
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction inside = store.Entities.In(transaction);
        inside.Set(entity, inside.Get<Position>(entity) with { X = 9 });
        EntityId second = inside.Create(new Position(2, 2));
        Assert.Equal(2, inside.Query<Position>().Count());
        Assert.Equal(new Position(9, 1), inside.Get<Position>(entity));
        transaction.Commit();
        Assert.Equal(new Position(1, 1), store.Entities.At(snapshot).Get<Position>(entity));
        Assert.Single(store.Entities.At(snapshot).Query<Position>());
        Assert.Equal(StoreError.EntityNotFound, Assert.ThrowsAny<StoreException>(() => store.Entities.At(snapshot).Get<Position>(second)).Error);
        Assert.Equal(new Position(9, 1), store.Entities.Get(entity).Get<Position>());
    }

    private static Everything MakeEverything() => new()
    {
        True = true,
        Signed = -1,
        Short = -2,
        Int = -3,
        Long = -4,
        Small = 5,
        UShort = 6,
        Unsigned = 7,
        Large = ulong.MaxValue,
        Float = 1.5f,
        Double = 2.5,
        Text = "text",
        Bytes = [1, 2],
        Guid = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        When = new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.Zero),
        WhenLocal = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Length = TimeSpan.FromMinutes(3),
        Other = EntityId.None,
        Kind = DayOfWeek.Friday,
        Numbers = [1, 2, 3],
        Texts = ["a", null, "c"],
        Many = [EntityId.None],
        Guids = [Guid.Empty],
    };

    private readonly record struct Position(float X, float Y);

    [Component("Place", FormerName = "Position")]
    private readonly record struct Place(float X, float Y);

    private sealed record Named(string Text);

    private readonly record struct Marked;

    private sealed record Everything
    {
        public bool True { get; init; }

        public sbyte Signed { get; init; }

        public short Short { get; init; }

        public int Int { get; init; }

        public long Long { get; init; }

        public byte Small { get; init; }

        public ushort UShort { get; init; }

        public uint Unsigned { get; init; }

        public ulong Large { get; init; }

        public float Float { get; init; }

        public double Double { get; init; }

        public string? Text { get; init; }

        public byte[]? Bytes { get; init; }

        public Guid Guid { get; init; }

        public DateTimeOffset When { get; init; }

        public DateTime WhenLocal { get; init; }

        public TimeSpan Length { get; init; }

        public EntityId Other { get; init; }

        public DayOfWeek Kind { get; init; }

        public int[]? Numbers { get; init; }

        public string?[]? Texts { get; init; }

        public EntityId[]? Many { get; init; }

        public Guid[]? Guids { get; init; }
    }

    private sealed class Plain
    {
        public int Count { get; set; }

        [ComponentField(Ignore = true)]
        public int Ignored { get; set; }

        public int Double => Count * 2;
    }

    private sealed class WithObject
    {
        public object? Inner { get; set; }
    }

    private sealed class Twice
    {
        public int A { get; set; }

        [ComponentField(Name = "a")]
        public int B { get; set; }
    }

    private sealed class NoWayIn
    {
        public NoWayIn(int other) => A = other;

        public int A { get; }
    }

    private static class Before
    {
        internal sealed record Creature(int Hp, string Name, float Speed, bool Legacy);
    }

    private static class After
    {
        internal sealed record Creature(
            [property: ComponentField(FormerName = "Hp")] long Health, string Name, double Speed, [ComponentField(Default = 42)] int Level, [ComponentField(Default = "2026-01-02")] DateTimeOffset Born);
    }
}
