using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Entities.Typed;

/// <summary>Types of unusual shapes as components: what is kept comes back, and what could not be kept is refused.</summary>
public sealed class ComponentShapeTests
{
    private enum Tiny : byte
    {
        Least = byte.MinValue,
        Most = byte.MaxValue,
    }

    private enum Signed : sbyte
    {
        Least = sbyte.MinValue,
    }

    private enum Short : short
    {
        Least = short.MinValue,
    }

    private enum UShort : ushort
    {
        Most = ushort.MaxValue,
    }

    private enum Unsigned : uint
    {
        Most = uint.MaxValue,
    }

    private enum Long : long
    {
        Least = long.MinValue,
    }

    private enum Large : ulong
    {
        Most = ulong.MaxValue,
    }

    [Fact]
    public void Inherited_required_and_init_only_members_fields_and_enumerations_come_back()
    {
        SimulatedFileSystem files = new();
        EntityId entity;
        using (EntityStore store = EntityStore.Create(files))
        {
            Define<Derived>(store);
            Define<Enumerations>(store);
            Define<WithExtras>(store);
            Define<Fields>(store);
            EntityBatch batch = store.Entities.CreateBatch();
            entity = batch.Create(new Derived { Own = 1, Inherited = "i", Virtual = 2 }, new Enumerations(Tiny.Most, Signed.Least, Short.Least, UShort.Most, Unsigned.Most, Long.Least, Large.Most), new WithExtras(3, "x"));
            batch.Add(entity, new Fields { A = 5, B = 6 });
            store.Entities.Commit(batch);
        }

        using EntityStore again = EntityStore.Open(files);
        Derived derived = again.Entities.Get<Derived>(entity);
        Assert.Equal((1, "i", 2), (derived.Own, derived.Inherited, derived.Virtual));
        Assert.Equal(new Enumerations(Tiny.Most, Signed.Least, Short.Least, UShort.Most, Unsigned.Most, Long.Least, Large.Most), again.Entities.Get<Enumerations>(entity));
        Assert.Equal(new WithExtras(3, "x"), again.Entities.Get<WithExtras>(entity));
        Assert.Equal((5, 6), (again.Entities.Get<Fields>(entity).A, again.Entities.Get<Fields>(entity).B));
        Assert.Equal(["Inherited", "Own", "Virtual"], again.Entities.Schema.Get("Derived").Fields.Select(static field => field.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>Two types made of one generic type are two types of components.</summary>
    [Fact]
    public void A_generic_type_has_a_table_for_each_type_that_is_made_of_it()
    {
        using EntityStore store = EntityStore.Create();
        Assert.Equal("Holder<Int32>", Define<Holder<int>>(store));
        Assert.Equal("Holder<String>", Define<Holder<string>>(store));
        Assert.Equal("Holder<EntityId>", Define<Holder<EntityId>>(store));
        EntityId entity = default;
        store.Change(batch => entity = batch.Create(new Holder<int>(7), new Holder<string>("seven")));
        Assert.Equal((7, "seven"), (store.Entities.Get<Holder<int>>(entity).Value, store.Entities.Get<Holder<string>>(entity).Value));
    }

    /// <summary>Of these nothing, or not all, would be kept.</summary>
    [Fact]
    public void What_would_be_lost_is_refused()
    {
        using EntityStore store = EntityStore.Create();
        Action[] uses =
        [
            () => Define<int>(store), () => Define<DateTime>(store), () => Define<DateTimeOffset>(store), () => Define<Guid>(store), () => Define<string>(store), () => Define<DayOfWeek>(store), () => Define<decimal>(store), () => Define<EntityId>(store),
            () => Define<Closed>(store), () => Define<WithNullable>(store), () => Define<IDisposable>(store), () => Define<Abstract>(store), () => Define<Hiding>(store), () => Define<int[]>(store), () => Define<List<int>>(store), () => Define<Queue<string>>(store),
        ];
        foreach (Action use in uses)
            Assert.ThrowsAny<ArgumentException>(use);
        Assert.Empty(store.Entities.Schema.Tables);
        Define<Marker>(store);
        Define<OnlyIgnored>(store);
    }

    [Fact]
    public void Why_a_type_is_refused_is_said()
    {
        using EntityStore store = EntityStore.Create();
        Assert.Contains("differ in case only", Assert.Throws<ArgumentException>(() => Define<CaseOnly>(store)).Message, StringComparison.Ordinal);
        Assert.Contains("is of type Int32?,", Assert.Throws<ArgumentException>(() => Define<WithNullable>(store)).Message, StringComparison.Ordinal);
        string times = Assert.Throws<ArgumentException>(() => Define<WithTimes>(store)).Message;
        Assert.Contains("DateTime[]", times, StringComparison.Ordinal);
        Assert.Contains("all but DateTime and enumerations", times, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_does_not_fit_into_a_narrower_member_is_refused_with_both_types()
    {
        using EntityStore store = EntityStore.Create();
        Define<Part>(store);
        store.Entities.WidenField("Both", "A", new FieldType(FieldKind.Int64));
        EntityId entity = store.Add(ComponentData.Of("Both", ("A", long.MaxValue)));
        StoreException refused = Assert.Throws<StoreException>(() => store.Entities.Get<Part>(entity));
        Assert.Equal(StoreError.ComponentTypeMismatch, refused.Error);
        Assert.Contains("'A' of the table 'Both' is Int64 and has a value that does not fit into the Int32", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_types_of_one_table_see_what_they_have_in_common()
    {
        using EntityStore store = EntityStore.Create();
        Define<Full>(store);
        EntityId entity = default;
        store.Change(batch => entity = batch.Create(new Full(1, 2)));
        Define<Part>(store);
        Assert.Equal(1, store.Entities.Get<Part>(entity).A);
        store.Change(batch => batch.Change(entity, new Part(9)));
        Assert.Equal(new Full(9, 2), store.Entities.Get<Full>(entity));
        Assert.Equal(1, store.Entities.Schema.Get("Both").Version);
    }

    /// <summary>Whoever has defined a type can use it: also where another one has just done so, and that is on its way to the disk.</summary>
    [Fact]
    public async Task A_type_that_is_being_defined_by_another_can_be_used_when_defined()
    {
        using OperationBlocker blocker = new();
        EntityStore store = blocker.Own(EntityStore.Create(blocker.Files));
        OperationStop write = blocker.StopAtLogWrite(1);
        Task first = Task.Run(() => store.Entities.Define<Full>(), TestContext.Current.CancellationToken);
        write.WaitUntilReached();
        Task<EntityId> second = Task.Run(
            () =>
            {
                store.Entities.Define<Full>();
                return store.Entities.CreateBatch().Create(new Full(1, 2));
            },
            TestContext.Current.CancellationToken);
        // Long enough for one that does not wait.
        await Task.WhenAny(second, Task.Delay(300, TestContext.Current.CancellationToken));
        write.Release();
        await first;
        Assert.False((await second).IsNone);
    }

    [Fact]
    public async Task Types_defined_by_several_threads_at_once_are_there_once()
    {
        using EntityStore store = EntityStore.Create();
        Task<EntityId>[] all = [.. Enumerable.Range(0, 8).Select(number => Task.Run(
            () =>
            {
                store.Entities.Define<Full>();
                store.Entities.Define<Part>();
                store.Entities.Define<Derived>();
                return store.Add([ComponentData.Of("Both", ("A", number)), ComponentData.Of("Derived")]);
            },
            TestContext.Current.CancellationToken))];
        Assert.Equal(8, (await Task.WhenAll(all)).Distinct().Count());
        Assert.Equal((2, 1, 1), (store.Entities.Schema.Tables.Count, store.Entities.Schema.Get("Both").Version, store.Entities.Schema.Get("Derived").Version));
    }

    private static string Define<T>(EntityStore store)
        where T : notnull => store.Entities.Define<T>().Name;

    private readonly record struct Marker;

    private sealed record Enumerations(Tiny Tiny, Signed Signed, Short Short, UShort UShort, Unsigned Unsigned, Long Long, Large Large);

    private sealed record Holder<T>(T Value);

    [Component("Both")]
    private sealed record Full(int A, int B);

    [Component("Both")]
    private sealed record Part(int A);

    private class Base
    {
        public static int Static { get; set; } = 5;

        public string? Inherited { get; set; }

        public virtual int Virtual { get; init; }
    }

    private sealed class Derived : Base
    {
        private int _hidden;

        public required int Own { get; init; }

        public override int Virtual { get; init; }

        public int Hidden
        {
            get => _hidden;
            private set => _hidden = value;
        }

        public int this[int index] => _hidden + index;
    }

    private sealed class Hiding : Base
    {
        public new int Inherited { get; set; }
    }

    private sealed record WithExtras(int A, string B)
    {
        public WithExtras(int a)
            : this(a, "none")
        {
        }

        public WithExtras(int a, string b, string more)
            : this(a, b + more)
        {
        }

        public int Length => B.Length;
    }

#pragma warning disable CA1051, SA1401 // What is tested.
    private sealed class Fields
    {
        public readonly int Fixed = 4;
        public int A;
        public int B;
    }
#pragma warning restore CA1051, SA1401

    private sealed class WithNullable
    {
        public int? Maybe { get; set; }
    }

    private sealed class WithTimes
    {
        public DateTime[]? Times { get; set; }
    }

    private sealed class CaseOnly
    {
        [ComponentField(Name = "First")]
        public int value { get; set; }

        [ComponentField(Name = "Second")]
        public int Value { get; set; }
    }

    /// <summary>What it has nobody else can set.</summary>
    private sealed class Closed
    {
        public int Count { get; private set; }

        public void Increase() => Count++;
    }

    private sealed class OnlyIgnored
    {
        [ComponentField(Ignore = true)]
        public int Ignored { get; set; }
    }

    private abstract class Abstract
    {
        public int A { get; set; }
    }
}
