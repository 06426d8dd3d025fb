using System.Collections.Concurrent;
using System.Collections.Immutable;
using Persistence.Configuration;
using Persistence.CrashKit.Oracle.Transactions;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Platform;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Transactions;
using Xunit;
using TransactionOutcome = Persistence.CrashKit.Oracle.Transactions.TransactionOutcome;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>
/// The engine itself, used by many threads at once, held against strict serializability: keys and prefixes read in transactions, nested and rolled back ones, commits of
/// several frames and asynchronous ones, snapshots, and reads outside of any, with checkpoints in between.
/// </summary>
public sealed class EngineHistoryTests
{
    private const int Clients = 6;
    private const int TransactionsOfClient = 200;
    private const int TransactionsPerSet = 10;
    private const int ListsPerSet = 5;

    private readonly KeyValueState _state = new();
    private long _place;
    private long _values;
    private long _numbers;

    [Theory]
    [InlineData(1, DurabilityMode.Sync)]
    [InlineData(2, DurabilityMode.Batch)]
    [InlineData(3, DurabilityMode.None)]
    public void What_everybody_saw_is_what_some_order_shows(int seed, DurabilityMode durability)
    {
        StoreOptions options = new()
        {
            Durability = durability,
            FlushIntervalMs = 2,
            SegmentBytes = 64 << 10,
            SectorBytes = 512,
            FrameBytesMax = 4 << 10,
            CheckpointLogBytes = 200 << 10,
            CheckpointsRetained = 1,
        };
        StoreHost host = new(new SimulatedFileSystem(), SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance, new ProcessIdentity(1, DateTimeOffset.UnixEpoch, "boot", "host"));
        PersistenceStore.Create(host, options);
        TransactionHistory history = new();
        history.BeginLife(ImmutableDictionary<string, ImmutableArray<long>>.Empty);
        using (PersistenceStore store = PersistenceStore.Open(host, options, [_state]))
        {
            foreach (ObservedTransaction transaction in RunClients(store, seed))
                history.Add(transaction);
            Assert.Null(store.GetStatus().Fault);
        }

        KeyValueState recovered = new();
        using (PersistenceStore.Open(host, options, [recovered]))
            history.BeginLife(ListsOf(recovered.FindByPrefix(Lists.Prefix)));
        TransactionVerdict verdict = TransactionChecker.Check(history);
        Assert.True(verdict.IsRight, verdict.ToString());
        Assert.InRange(verdict.Happened, Clients * TransactionsOfClient / 2, (Clients * TransactionsOfClient) - 1);
        Assert.True(verdict.Dependencies > 1000, $"{verdict.Dependencies} dependencies");
    }

    private ConcurrentBag<ObservedTransaction> RunClients(PersistenceStore store, int seed)
    {
        ConcurrentBag<ObservedTransaction> observed = [];
        Thread[] threads = [.. Enumerable.Range(0, Clients).Select(client => new Thread(() =>
        {
            Random random = new((seed * Clients) + client);
            for (int i = 0; i < TransactionsOfClient; i++)
                observed.Add(RunOne(store, random, client, i / TransactionsPerSet));
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return observed;
    }

    private ObservedTransaction RunOne(PersistenceStore store, Random random, int client, int set)
    {
        long begin = Interlocked.Increment(ref _place);
        List<TransactionOperation> seen = [];
        TransactionOutcome outcome = TransactionOutcome.Committed;
        switch (random.Next(10))
        {
            case 0:
                seen.Add(new PrefixRead(Lists.Prefix, ListsOf(_state.FindByPrefix(Lists.Prefix))));
                break;
            case 1:
                LookAtSnapshot(store, Key(set, random), seen);
                break;
            default:
                outcome = Transact(store, random, client, set, seen);
                break;
        }

        return new ObservedTransaction(Interlocked.Increment(ref _numbers), client, outcome, seen) { BeginAt = begin, EndAt = Interlocked.Increment(ref _place) };
    }

    private void LookAtSnapshot(PersistenceStore store, string key, List<TransactionOperation> seen)
    {
        using Snapshot snapshot = store.OpenSnapshot();
        KeyValueSnapshot state = _state.At(snapshot);
        seen.Add(new PrefixRead(Lists.Prefix, ListsOf(state.FindByPrefix(Lists.Prefix))));
        Thread.Yield();
        seen.Add(new ListRead(key, ListOf(state.Find(key))));
    }

    private TransactionOutcome Transact(PersistenceStore store, Random random, int client, int set, List<TransactionOperation> seen)
    {
        using Transaction transaction = store.BeginTransaction();
        for (int steps = random.Next(1, 5); steps > 0; steps--)
            Step(transaction, random, set, seen);
        // More than a frame takes.
        for (int i = random.Next(6) == 0 ? 8 : 0; i > 0; i--)
            _state.In(transaction).Set($"pad/{client}/{i}", ValueText.Encode(new string('x', 1000)));
        if (random.Next(12) == 0)
            return TransactionOutcome.Aborted;
        try
        {
            if (random.Next(2) == 0)
                transaction.Commit();
            else
                transaction.CommitAsync().AsTask().GetAwaiter().GetResult();
            return TransactionOutcome.Committed;
        }
        catch (TransactionConflictException)
        {
            return TransactionOutcome.Aborted;
        }
    }

    private void Step(Transaction transaction, Random random, int set, List<TransactionOperation> seen)
    {
        string key = Key(set, random);
        switch (random.Next(6))
        {
            case 0:
                seen.Add(new ListRead(key, ListOf(_state.In(transaction).Find(key))));
                break;
            case 1:
                string prefix = key[..^random.Next(2)];
                seen.Add(new PrefixRead(prefix, ListsOf(_state.In(transaction).FindByPrefix(prefix))));
                break;
            case 2:
                using (Transaction undone = transaction.Begin())
                {
                    Append(undone, key);
                    _state.In(undone).Delete(Key(set, random));
                    using Transaction inner = undone.Begin();
                    Append(inner, key);
                    inner.Commit();
                }

                seen.Add(new ListRead(key, ListOf(_state.In(transaction).Find(key))));
                break;
            case 3:
                using (Transaction inner = transaction.Begin())
                {
                    seen.Add(Append(inner, key));
                    inner.Commit();
                }

                break;
            default:
                seen.Add(Append(transaction, key));
                break;
        }
    }

    private ListAppend Append(Transaction transaction, string key)
    {
        long value = Interlocked.Increment(ref _values);
        KeyValueTransaction state = _state.In(transaction);
        state.Set(key, ValueText.Encode(Lists.Write(ListOf(state.Find(key)).Add(value))));
        return new ListAppend(key, value);
    }

    private static string Key(int set, Random random) => Lists.Key(set, random.Next(ListsPerSet));

    private static Dictionary<string, ImmutableArray<long>> ListsOf(IEnumerable<KeyValueItem> items) => items.ToDictionary(item => item.Key, ListOf);

    private static ImmutableArray<long> ListOf(KeyValueItem? item) => item is null ? [] : Lists.Read(ValueText.Decode(item.Value.Span));
}
