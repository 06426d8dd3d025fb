using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Entities.Reading;

public sealed class EntityQueryTests
{
    /// <summary>A field, a test and an operand, and which of the values 0, 1, 2, … of the field pass it.</summary>
    public static TheoryData<string, FieldTest, object?, bool, int[]> Tests => new()
    {
        { "Int32", FieldTest.Equal, 5, false, [1] },
        { "Int32", FieldTest.Equal, 5.0, false, [1] },
        { "Int32", FieldTest.NotEqual, 5L, false, [0, 2] },
        { "Int32", FieldTest.Less, 5, false, [0] },
        { "Int32", FieldTest.LessOrEqual, 5, false, [0, 1] },
        { "Int32", FieldTest.Greater, (byte)5, false, [2] },
        { "Int32", FieldTest.GreaterOrEqual, 5, false, [1, 2] },
        { "UInt64", FieldTest.Greater, 1, false, [1] },
        { "Float64", FieldTest.Less, 1, false, [0] },
        { "Float64", FieldTest.GreaterOrEqual, 1, false, [1] },
        { "Float64", FieldTest.Equal, double.NaN, false, [2] },
        { "Float64", FieldTest.LessOrEqual, double.NaN, false, [] },
        { "Float64", FieldTest.NotEqual, 1.0, false, [0, 2] },
        { "Bool", FieldTest.Equal, true, false, [1] },
        { "String", FieldTest.Equal, "Abc", false, [1] },
        { "String", FieldTest.Equal, "aBC", true, [1] },
        { "String", FieldTest.Equal, null, false, [0] },
        { "String", FieldTest.NotEqual, null, false, [1, 2] },
        { "String", FieldTest.Contains, "b", false, [1, 2] },
        { "String", FieldTest.Contains, "BC", true, [1, 2] },
        { "String", FieldTest.Contains, null, false, [] },
        { "String", FieldTest.StartsWith, "A", false, [1] },
        { "String", FieldTest.StartsWith, "X", true, [2] },
        { "String", FieldTest.Greater, "B", false, [2] },
        { "String", FieldTest.Less, "B", false, [1] },
        { "Bytes", FieldTest.Equal, new byte[] { 1, 2 }, false, [1] },
        { "Guid", FieldTest.Equal, "00112233-4455-6677-8899-aabbccddeeff", false, [1] },
        { "Time", FieldTest.Less, "2026-01-01", false, [0] },
        { "Time", FieldTest.Greater, "2026-01-01", false, [1] },
        { "Duration", FieldTest.GreaterOrEqual, "00:01:00", false, [1] },
        { "Reference", FieldTest.Equal, null, false, [0] },
        { "Reference", FieldTest.NotEqual, null, false, [1] },
        { "Int32[]", FieldTest.Contains, 2, false, [1] },
        { "Int32[]", FieldTest.Equal, new[] { 1, 2, 3 }, false, [1] },
        { "Int32[]", FieldTest.NotEqual, new[] { 1, 2, 3 }, false, [0, 2] },
        { "String[]", FieldTest.Contains, "B", true, [1] },
        { "String[]", FieldTest.Contains, null, false, [1] },
    };

    [Theory]
    [MemberData(nameof(Tests))]
    public void A_test_passes_the_values_that_it_says(string field, FieldTest test, object? operand, bool ignoreCase, int[] passing)
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("Value", FieldType.Parse(field)));
        EntityId other = store.Add();
        List<EntityId> entities = [.. ValuesOf(field, other).Select(value => store.Add(ComponentData.Of("T", ("Value", value))))];
        Assert.Equal(passing.Select(index => entities[index]), store.Entities.Query().Where("t", "VALUE", test, operand, ignoreCase).Select(static entity => entity.Id).Order());
    }

    [Theory]
    [InlineData("Int32", FieldTest.Contains, 1)]
    [InlineData("Int32", FieldTest.StartsWith, "1")]
    [InlineData("Int32", FieldTest.Equal, "five")]
    [InlineData("Int32", FieldTest.Less, 2.5)]
    [InlineData("Int32[]", FieldTest.Less, 1)]
    [InlineData("Int32[]", FieldTest.Contains, "x")]
    [InlineData("Bytes", FieldTest.Greater, null)]
    [InlineData("String[]", FieldTest.StartsWith, "x")]
    [InlineData("Guid", FieldTest.Contains, "0")]
    public void What_cannot_be_asked_of_a_field_is_refused_with_its_name(string field, FieldTest test, object? operand)
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("Value", FieldType.Parse(field)));
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Entities.Query().Where("T", "Value", test, operand).Any());
        Assert.Equal(StoreError.ComponentTypeMismatch, refused.Error);
        Assert.Contains("'Value'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_names_are_refused()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        EntityState entities = store.Entities;
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => entities.Query("nowhere").Any()).Error);
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => entities.Query().Without("nowhere").Any()).Error);
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => entities.Query().Read("nowhere").Any()).Error);
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => entities.Find(sample.First, "nowhere")).Error);
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => entities.FindComponent(sample.First, "nowhere")).Error);
        Assert.Equal(StoreError.FieldNotFound, Assert.ThrowsAny<StoreException>(() => entities.Query().Where("Position", "nothing", FieldTest.Equal, 1).Any()).Error);
        Assert.Equal(StoreError.FieldNotFound, Assert.ThrowsAny<StoreException>(() => entities.GetComponent(sample.First, "Position")["nothing"]).Error);
        Assert.Equal(StoreError.ComponentNotFound, Assert.ThrowsAny<StoreException>(() => entities.GetComponent(sample.Third, "Position")).Error);
        Assert.Equal(StoreError.ComponentNotFound, Assert.ThrowsAny<StoreException>(() => entities.Get(sample.Third)["Position"]).Error);
        Assert.Equal(StoreError.StaleEntity, Assert.ThrowsAny<StoreException>(() => entities.GetComponent(sample.Gone, "Position")).Error);
        Assert.Equal(StoreError.EntityNotFound, Assert.ThrowsAny<StoreException>(() => entities.Get(new EntityId(99, 1))).Error);
        Assert.Equal(StoreError.EntityNotFound, Assert.ThrowsAny<StoreException>(() => entities.Get(EntityId.None)).Error);
    }

    [Fact]
    public void Only_what_is_asked_for_is_read()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        Entity read = store.Entities.Get(sample.First, "position");
        Assert.Equal(["Everything", "Position"], read.Tables);
        Assert.Equal("Position", Assert.Single(read.Components).ToString());
        Assert.Empty(store.Entities.Query("Position").Read().Single().Components);
        Assert.Equal(2, store.Entities.Query("Position").Single().Components.Count);
        Assert.Equal(sample.First.ToString(), read.ToString());
    }

    /// <summary>A query goes through the state of the moment at which its first entity was asked for.</summary>
    [Fact]
    public void A_query_shows_one_moment_while_writers_go_on()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("A", new FieldType(FieldKind.Int32)));
        EntityBatch batch = store.Entities.CreateBatch();
        List<EntityId> entities = [.. Enumerable.Range(0, 2000).Select(i => batch.Create(ComponentData.Of("T", ("A", i))))];
        store.Entities.Commit(batch);
        EntityQuery query = store.Entities.Query("T");
        int seen = 0;
        foreach (Entity entity in query)
        {
            Assert.Equal(entities.IndexOf(entity.Id), entity["T"]["A"]);
            if (seen++ % 50 == 0)
            {
                store.Change(changes => changes.Delete(entities[^(1 + (seen / 50))]));
                store.Change(changes => changes.Set(entities[seen / 50], ComponentData.Of("T", ("A", -1))));
                store.Add(ComponentData.Of("T", ("A", -2)));
            }
        }

        Assert.Equal(2000, seen);
        Assert.Equal(2000, query.Count());
        Assert.Equal(40, query.Count(static entity => (int)entity["T"]["A"]! == -2));

        // One that is given up lets go of what was kept for it.
        using (IEnumerator<Entity> given = query.GetEnumerator())
            Assert.True(given.MoveNext());
        store.Add();
        store.Add();
        Assert.InRange(store.Entities.OlderCount, 0, 2);
    }

    [Fact]
    public void A_snapshot_that_was_closed_shows_nothing()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        Snapshot snapshot = store.Store.OpenSnapshot();
        EntitySnapshot entities = store.Entities.At(snapshot);
        IEnumerator<Entity> going = entities.Query().GetEnumerator();
        snapshot.Dispose();
        foreach (Action use in (Action[])[() => entities.Exists(sample.First), () => _ = entities.Count, () => _ = entities.Schema, () => entities.Find(sample.First), () => entities.FindComponent(sample.First, "Tag"), () => going.MoveNext()])
            Assert.Throws<ObjectDisposedException>(use);
    }

    private static object?[] ValuesOf(string field, EntityId other) => field switch
    {
        "Int32" => [3, 5, 7],
        "UInt64" => [1, ulong.MaxValue],
        "Float64" => [0.5, 1, double.NaN],
        "Bool" => [false, true],
        "String" => [null, "Abc", "xabc"],
        "Bytes" => [null, new byte[] { 1, 2 }, new byte[] { 1 }],
        "Guid" => [Guid.Empty, new Guid("00112233-4455-6677-8899-aabbccddeeff")],
        "Time" => [new DateTimeOffset(2025, 12, 31, 23, 0, 0, TimeSpan.Zero), new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc)],
        "Duration" => [TimeSpan.FromSeconds(59), TimeSpan.FromMinutes(1)],
        "Reference" => [EntityId.None, other],
        "Int32[]" => [null, new[] { 1, 2, 3 }, Array.Empty<int>()],
        "String[]" => [null, new[] { "a", "b", null }],
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
