using System.Reflection;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.KeyValue;

public sealed class KeyValueStateTests
{
    private static readonly Dictionary<string, Func<TestStore, Task>> Mutators = new()
    {
        ["CommitResult Set(String, ReadOnlySpan`1, CommitDurability)"] = store =>
        {
            store.KeyValue.Set("set", TestStore.Encode("1"));
            return Task.CompletedTask;
        },
        ["CommitResult Delete(String, CommitDurability)"] = store =>
        {
            store.KeyValue.Delete("there");
            return Task.CompletedTask;
        },
        ["CommitResult Commit(KeyValueBatch, CommitDurability)"] = store =>
        {
            store.KeyValue.Commit(BatchOf("batch"));
            return Task.CompletedTask;
        },
        ["ValueTask`1 CommitAsync(KeyValueBatch, CommitDurability)"] = async store => await store.KeyValue.CommitAsync(BatchOf("async")),
        ["Void Set(String, ReadOnlySpan`1)"] = store => InTransaction(store, static state => state.Set("set", TestStore.Encode("1"))),
        ["Void Delete(String)"] = store => InTransaction(store, static state => state.Delete("there")),
    };

    private static readonly string[] Readers =
    [
        "Int32 get_Count()", "KeyValueItem Find(String)", "IReadOnlyList`1 FindByPrefix(String)", "StateModelId get_Id()", "Byte get_SnapshotVersion()", "KeyValueSnapshot At(Snapshot)",
        "KeyValueTransaction In(ITransaction)",
    ];

    [Fact]
    public void One_commit_repeats_no_more_than_a_few_megabytes_of_previous_values()
    {
        using TestStore store = TestStore.Create(options: TestStore.SmallOptions with { SegmentBytes = 16 << 20 });
        string large = new('x', (1 << 20) - 100);
        for (int i = 0; i < 8; i++)
            store.Set($"large{i}", large);
        store.Set("small", "s");
        KeyValueBatch batch = new();
        for (int i = 0; i < 8; i++)
            batch.Delete($"large{i}");
        batch.Delete("small");
        Lsn first = store.KeyValue.Commit(batch).First;
        LogEntry[] entries = [.. store.Store.ReadLog(first)];
        bool[] repeated = [.. entries.Select(entry => KeyValueChange.Read(entry.Type, entry.Version, entry.Payload.Span).Previous.Length > 0)];
        Assert.Equal([true, true, true, true, false, false, false, false, true], repeated);
        Assert.Equal(large, DescribePrevious(entries[0]));
        Assert.Equal("s", DescribePrevious(entries[^1]));
        Assert.Equal(0, store.KeyValue.Count);
    }

    [Fact]
    public async Task Every_mutator_there_is_writes_its_entry_to_the_log_and_replay_applies_it()
    {
        IEnumerable<string> methods = ((Type[])[typeof(KeyValueState), typeof(KeyValueTransaction)])
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).Select(Describe).Distinct();
        Assert.Equal(methods.Order(), Mutators.Keys.Concat(Readers).Order());
        foreach ((string name, Func<TestStore, Task> mutate) in Mutators)
        {
            SimulatedFileSystem files = new();
            using TestStore store = TestStore.Create(files);
            store.Set("there", "1");
            string before = store.Dump();
            LogEntry[] entries = [.. store.Store.ReadLog()];
            await mutate(store);
            LogEntry added = Assert.Single(store.Store.ReadLog().Skip(entries.Length));
            Assert.True(KeyValueChange.Is(added.Type), name);
            Assert.NotEqual(before, store.Dump());
            using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
            Assert.Equal(store.Dump(), again.Dump());
        }
    }

    [Fact]
    public void The_log_holds_the_previous_value_even_inside_one_batch_and_before_it_is_applied()
    {
        using TestStore store = TestStore.Create();
        store.Set("k", "1");
        KeyValueBatch batch = new();
        batch.Set("k", TestStore.Encode("2"));
        batch.Delete("k");
        batch.Delete("k");
        batch.Set("k", TestStore.Encode("3"));
        store.KeyValue.Commit(batch);
        Assert.Equal(["-", "1", "2", "-", "-"], store.Store.ReadLog().Select(DescribePrevious));
    }

    [Fact]
    public void A_previous_value_too_large_to_repeat_is_pointed_to()
    {
        using TestStore store = TestStore.Create();
        CommitResult large = store.Set("k", new string('x', 2 << 20));
        store.Set("k", "small");
        LogEntry entry = store.Store.ReadLog().Last();
        KeyValueChange change = KeyValueChange.Read(entry.Type, entry.Version, entry.Payload.Span);
        Assert.True(change.HadPrevious);
        Assert.Equal(large.First, change.PreviousLsn);
    }

    [Fact]
    public void A_refused_batch_leaves_no_trace_in_what_later_commits_take_for_the_previous_value()
    {
        using TestStore store = TestStore.Create();
        store.Set("k", "1");
        CommandBatch refused = new();
        KeyValueBatch.AddWrite(refused, "k", TestStore.Encode("2"));
        KeyValueBatch.AddDelete(refused, "k");
        refused.Begin().Write(0xC0);
        refused.End(new RecordType(StateModelId.Entities, 1), version: 1);
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.ThrowsAny<StoreException>(() => store.Store.Commit(refused)).Error);
        store.Set("k", "3");
        Assert.Equal("1", DescribePrevious(store.Store.ReadLog().Last()));
        Assert.Equal("k=3;", store.Dump());
    }

    [Fact]
    public void Deleting_what_is_not_there_is_logged_and_changes_nothing()
    {
        using TestStore store = TestStore.Create();
        store.KeyValue.Delete("nothing");
        Assert.Single(store.Store.ReadLog());
        Assert.Equal("", store.Dump());
    }

    [Fact]
    public void Keys_are_found_by_prefix_in_ordinal_order()
    {
        using TestStore store = TestStore.Create();
        foreach (string key in (string[])["b", "a/2", "a/10", "a", "\u00e9", "a/1", "\U0001F600"])
            store.Set(key, "v");
        Assert.Equal(["a/1", "a/10", "a/2"], store.KeyValue.FindByPrefix("a/").Select(item => item.Key));
        Assert.Equal(["a", "a/1", "a/10", "a/2", "b", "\u00e9", "\U0001F600"], store.KeyValue.FindByPrefix().Select(item => item.Key));
    }

    [Fact]
    public void Keys_of_every_allowed_length_come_back_and_longer_ones_are_refused()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        foreach (int length in (int[])[1, 31, 32, 255, 256, 4095, 4096])
            store.Set(new string('k', length), "v");
        Assert.Throws<ArgumentException>(() => store.Set(new string('k', 4097), "v"));
        Assert.Throws<ArgumentException>(() => store.Set(new string('\u00e9', 2049), "v"));
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(7, again.KeyValue.Count);
    }

    [Fact]
    public void Bad_arguments_are_argument_errors_and_log_nothing()
    {
        using TestStore store = TestStore.Create();
        string half = "\ud83d";
        KeyValueBatch batch = new();
        Action[] mistakes =
        [
            () => store.KeyValue.Set(null!, [0xC0]), () => store.KeyValue.Set("", [0xC0]), () => store.KeyValue.Set(half, [0xC0]),
            () => store.KeyValue.Delete(null!), () => store.KeyValue.Delete(""), () => store.KeyValue.Delete(half),
            () => store.KeyValue.Find(null!), () => store.KeyValue.Find(""), () => store.KeyValue.Find(half), () => store.KeyValue.Find(new string('x', 5000)),
            () => store.KeyValue.FindByPrefix(null!), () => store.KeyValue.FindByPrefix(half),
            () => store.KeyValue.Commit(null!), () => store.KeyValue.CommitAsync(null!).AsTask().GetAwaiter().GetResult(), () => store.KeyValue.Commit(new KeyValueBatch()),
            () => batch.Set(null!, [0xC0]), () => batch.Set(half, [0xC0]), () => batch.Delete(""),
            () => store.Store.AppendRecord(null!, [0xC0]), () => store.Store.AppendRecord("", [0xC0]),
            () => store.Store.Commit(null!), () => store.Store.CommitAsync(null!).AsTask().GetAwaiter().GetResult(), () => store.Store.Commit(new CommandBatch()),
            () => PersistenceStore.Create(null!, TestStore.SmallOptions), () => PersistenceStore.Create(TestStore.HostFor(store.Files), null!),
            () => PersistenceStore.Open(null!, TestStore.SmallOptions, []), () => PersistenceStore.Open(TestStore.HostFor(store.Files), null!, []),
            () => PersistenceStore.Open(TestStore.HostFor(store.Files), TestStore.SmallOptions, null!),
            () => PersistenceStore.Open(TestStore.HostFor(store.Files), TestStore.SmallOptions, [null!]),
            () => PersistenceStore.Open(TestStore.HostFor(store.Files), TestStore.SmallOptions, [new KeyValueState(), new KeyValueState()]),
            () => PersistenceStore.OpenReadOnly(null!, []), () => PersistenceStore.OpenReadOnly(TestStore.HostFor(store.Files), null!),
        ];
        for (int i = 0; i < mistakes.Length; i++)
            Assert.True(Record.Exception(mistakes[i]) is ArgumentException, $"mistake {i}: {Record.Exception(mistakes[i])}");
        Assert.Empty(store.Store.ReadLog());
        store.Set("k", "1");
        Assert.Equal("k=1;", store.Dump());
    }

    public static TheoryData<byte[]> NotOneValue => new() { (byte[])[], (byte[])[0xC1], (byte[])[0x92, 0x01], (byte[])[0x01, 0x02], (byte[])[0xDB, 0x7F, 0xFF, 0xFF, 0xFF], (byte[])[0xDD, 0xFF, 0xFF, 0xFF, 0xFF] };

    [Theory]
    [MemberData(nameof(NotOneValue))]
    public void What_is_not_one_value_is_malformed_data_and_logs_nothing(byte[] value)
    {
        using TestStore store = TestStore.Create();
        KeyValueBatch batch = new();
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => store.KeyValue.Set("k", value)).Error);
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => batch.Set("k", value)).Error);
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => store.Store.AppendRecord("t", value)).Error);
        Assert.Equal(0, batch.Count);
        Assert.Empty(store.Store.ReadLog());
    }

    [Fact]
    public void Values_nested_as_deeply_as_can_be_come_back_from_log_and_checkpoint()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        byte[] deep = [.. Enumerable.Repeat((byte)0x91, 120), 0xC0];
        store.KeyValue.Set("deep", deep);
        store.KeyValue.Set("deep", deep);
        store.Store.AppendRecord("deep", deep);
        LogEntry entry = store.Store.ReadLog().Last();
        Assert.Equal("deep", ApplicationRecord.Read(entry.Payload.Span, out ReadOnlySpan<byte> value));
        Assert.Equal(deep, value.ToArray());
        using (TestStore fromLog = TestStore.Open(files.CrashImage(CrashImageKind.DropPending)))
            Assert.Equal(deep, fromLog.KeyValue.Find("deep")!.Value.ToArray());
        store.Store.TakeCheckpoint();
        using TestStore fromCheckpoint = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(deep, fromCheckpoint.KeyValue.Find("deep")!.Value.ToArray());
    }

    [Fact]
    public void A_closed_store_and_one_open_for_reading_say_so()
    {
        SimulatedFileSystem files = new();
        TestStore store = TestStore.Create(files);
        store.Set("k", "1");
        using TestStore reader = TestStore.OpenReadOnly(files);
        foreach (Action change in Changes(reader))
            Assert.Equal(StoreError.StoreReadOnly, Assert.ThrowsAny<StoreException>(change).Error);
        store.Store.Close();
        foreach (Action change in Changes(store))
            Assert.Equal(StoreError.StoreClosed, Assert.ThrowsAny<StoreException>(change).Error);
        store.Store.Close();
        Assert.Equal("k=1;", store.Dump());
        Assert.Throws<InvalidOperationException>(() => new KeyValueState().Set("k", [0xC0]));
    }

    private static Action[] Changes(TestStore store) =>
    [
        () => store.Set("a", "1"), () => store.KeyValue.Delete("a"), () => store.KeyValue.Commit(BatchOf("a")), () => store.KeyValue.CommitAsync(BatchOf("a")).AsTask().GetAwaiter().GetResult(),
        () => store.Store.AppendRecord("t", [0xC0]), store.Store.Flush, store.Store.RotateLog, () => store.Store.TakeCheckpoint(),
    ];

    private static Task InTransaction(TestStore store, Action<KeyValueTransaction> change)
    {
        using Transaction transaction = store.Store.BeginTransaction();
        change(store.KeyValue.In(transaction));
        transaction.Commit();
        return Task.CompletedTask;
    }

    private static KeyValueBatch BatchOf(string key)
    {
        KeyValueBatch batch = new();
        batch.Set(key, TestStore.Encode("1"));
        return batch;
    }

    private static string DescribePrevious(LogEntry entry)
    {
        KeyValueChange change = KeyValueChange.Read(entry.Type, entry.Version, entry.Payload.Span);
        return change.HadPrevious ? new Persistence.Serialization.MessagePackReader(change.Previous).ReadString() : "-";
    }

    private static string Describe(MethodInfo method) =>
        $"{method.ReturnType.Name} {method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
}
