using System.Globalization;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Transactions;

public sealed class SnapshotTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_snapshot_shows_what_was_there_when_it_was_taken_for_as_long_as_it_is_open(int seed)
    {
        Random random = new(seed);
        using TestStore store = TestStore.Create();
        SortedDictionary<string, string> model = new(StringComparer.Ordinal);
        List<(Snapshot Snapshot, string Expected)> open = [];
        for (int step = 0; step < 3000; step++)
        {
            int choice = random.Next(12);
            if (choice == 0)
                open.Add((store.Store.OpenSnapshot(), Dump(model)));
            else if (choice == 1 && open.Count > 0)
                Close(open, random.Next(open.Count));
            else
                Change(store, model, random, step);
            if (step % 50 == 0)
                AssertAll(store, model, open);
        }

        AssertAll(store, model, open);
        foreach ((Snapshot snapshot, _) in open)
            snapshot.Dispose();
        store.Set("last", "1");
        store.Set("last", "2");
        // Nothing but the newest versions, and what the very last commit replaced, is kept once no snapshot asks for more.
        Assert.InRange(store.KeyValue.VersionCount, store.KeyValue.Count, store.KeyValue.Count + 2);
    }

    [Fact]
    public void A_snapshot_that_is_closed_shows_nothing()
    {
        using TestStore store = TestStore.Create();
        Snapshot snapshot = store.Store.OpenSnapshot();
        snapshot.Dispose();
        snapshot.Dispose();
        KeyValueSnapshot state = store.KeyValue.At(snapshot);
        Assert.Throws<ObjectDisposedException>(() => state.Find("a"));
        Assert.Throws<ObjectDisposedException>(() => state.FindByPrefix());
        Assert.Throws<ObjectDisposedException>(() => state.Count);
    }

    [Fact]
    public async Task Nobody_ever_sees_half_a_commit()
    {
        const int Keys = 20;
        using TestStore store = TestStore.Create();
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(() =>
        {
            for (int round = 0; round < 300; round++)
            {
                using Transaction transaction = store.Store.BeginTransaction();
                KeyValueTransaction state = store.KeyValue.In(transaction);
                for (int key = 0; key < Keys; key++)
                    state.Set($"key/{key}", TestStore.Encode(round.ToString(CultureInfo.InvariantCulture)));
                transaction.Commit();
            }

            stop.Cancel();
        }, TestContext.Current.CancellationToken);
        long reads = 0;
        while (!stop.IsCancellationRequested)
        {
            string[] values = [.. store.KeyValue.FindByPrefix("key/").Select(item => TestStore.Decode(item.Value))];
            Assert.True(values.Length is 0 or Keys);
            Assert.True(values.Distinct().Count() <= 1);
            using Snapshot snapshot = store.Store.OpenSnapshot();
            string? first = Read(store, snapshot, 0);
            for (int key = 1; key < Keys; key++)
                Assert.Equal(first, Read(store, snapshot, key));
            Assert.True(store.KeyValue.At(snapshot).Count is 0 or Keys);
            reads++;
        }

        await writing;
        Assert.NotEqual(0, reads);
        Assert.Equal(Keys, store.KeyValue.Count);
    }

    private static string? Read(TestStore store, Snapshot snapshot, int key) =>
        store.KeyValue.At(snapshot).Find($"key/{key}") is KeyValueItem item ? TestStore.Decode(item.Value) : null;

    private static void Change(TestStore store, SortedDictionary<string, string> model, Random random, int step)
    {
        KeyValueBatch batch = new();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            string key = $"key/{random.Next(30)}";
            string value = string.Create(CultureInfo.InvariantCulture, $"{step}.{i}");
            if (random.Next(3) == 0)
            {
                batch.Delete(key);
                model.Remove(key);
            }
            else
            {
                batch.Set(key, TestStore.Encode(value));
                model[key] = value;
            }
        }

        store.KeyValue.Commit(batch);
    }

    private static void Close(List<(Snapshot Snapshot, string Expected)> open, int index)
    {
        open[index].Snapshot.Dispose();
        open.RemoveAt(index);
    }

    private static void AssertAll(TestStore store, SortedDictionary<string, string> model, List<(Snapshot Snapshot, string Expected)> open)
    {
        Assert.Equal(Dump(model), store.Dump());
        Assert.Equal(model.Count, store.KeyValue.Count);
        foreach ((Snapshot snapshot, string expected) in open)
        {
            KeyValueSnapshot state = store.KeyValue.At(snapshot);
            Assert.Equal(expected, string.Concat(state.FindByPrefix().Select(item => $"{item.Key}={TestStore.Decode(item.Value)};")));
            Assert.Equal(expected.Count(character => character == ';'), state.Count);
        }
    }

    private static string Dump(SortedDictionary<string, string> model) => string.Concat(model.Select(item => $"{item.Key}={item.Value};"));
}
