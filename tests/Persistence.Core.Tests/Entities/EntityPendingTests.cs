using System.Collections.Concurrent;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>
/// Commits of several threads, so that records are sequenced and not yet applied: batches that are refused, that were made under an older schema, that take several frames, with and without waiting; changes of the
/// schema; checkpoints and readers beside them.
/// </summary>
public sealed class EntityPendingTests
{
    private const int Steps = 100;

    private static readonly string s_large = new('x', 700);

    [Theory]
    [InlineData(DurabilityMode.Sync, 1)]
    [InlineData(DurabilityMode.Batch, 2)]
    [InlineData(DurabilityMode.None, 3)]
    public async Task What_was_applied_is_what_replays(DurabilityMode durability, int seed)
    {
        SimulatedFileSystem files = new();
        StoreOptions options = EntityStore.Increments with { Durability = durability, FrameBytesMax = 8 << 10, SpareSegments = 1, SegmentBytes = 128 << 10 };
        string expected;
        using (EntityStore store = EntityStore.Create(files, options))
        {
            foreach (string table in (string[])["A", "B"])
                store.Entities.CreateTable(table, new FieldDefinition("N", new FieldType(FieldKind.Int8)), new FieldDefinition("S", new FieldType(FieldKind.String)), new FieldDefinition("R", new FieldType(FieldKind.Reference)));
            ConcurrentQueue<EntityId> known = new();
            using CountdownEvent writing = new(4);
            await Task.WhenAll(
                Write(writing, () => Change(store, known, new Random(seed), step: static (entities, batch) => entities.Commit(batch))),
                Write(writing, () => Change(store, known, new Random(seed + 10), step: static (entities, batch) => entities.Commit(batch))),
                Write(writing, () => ChangeWithoutWaiting(store, known, new Random(seed + 20))),
                Write(writing, () => ChangeSchema(store)),
                Start(() => TakeCheckpoints(store, writing)),
                Start(() => Look(store, writing)));
            store.Store.Flush();
            Assert.Null(store.Store.GetStatus().Fault);
            Assert.Equal(0, store.Entities.PendingCount);
            Assert.Empty(((IStateModel)store.Entities).FindViolations());
            expected = store.Dump();
        }

        using (EntityStore replayed = EntityStore.OpenReadOnly(files))
            Assert.Equal(expected, replayed.Dump());
        using EntityStore again = EntityStore.Open(files, options);
        Assert.Equal(expected, again.Dump());
        Assert.Empty(((IStateModel)again.Entities).FindViolations());
    }

    private static Task Start(Action action) => Task.Factory.StartNew(action, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task Write(CountdownEvent writing, Action action) => Start(() =>
    {
        try
        {
            action();
        }
        finally
        {
            writing.Signal();
        }
    });

    private static void Change(EntityStore store, ConcurrentQueue<EntityId> known, Random random, Action<EntityState, EntityBatch> step)
    {
        for (int i = 0, taken = 0; i < 20 * Steps && taken < Steps; i++)
        {
            EntityBatch batch = store.Entities.CreateBatch();
            try
            {
                List<EntityId> created = Fill(batch, known, random, isLarge: i % 25 == 24);
                step(store.Entities, batch);
                created.ForEach(known.Enqueue);
                taken++;
            }
            catch (StoreException e) when (IsRefusal(e.Error))
            {
                batch.Clear();
            }
        }
    }

    private static void ChangeWithoutWaiting(EntityStore store, ConcurrentQueue<EntityId> known, Random random)
    {
        List<Task> outstanding = [];
        Change(store, known, random, (entities, batch) =>
        {
            outstanding.Add(entities.CommitAsync(batch).AsTask());
            if (outstanding.Count < 20)
                return;
            Task.WaitAll([.. outstanding]);
            outstanding.Clear();
        });
        Task.WaitAll([.. outstanding]);
    }

    private static bool IsRefusal(StoreError error) =>
        error is StoreError.StaleEntity or StoreError.EntityNotFound or StoreError.ComponentExists or StoreError.ComponentNotFound or StoreError.ReferenceDangling or StoreError.TableNotFound or StoreError.FieldNotFound or StoreError.ComponentTypeMismatch;

    private static List<EntityId> Fill(EntityBatch batch, ConcurrentQueue<EntityId> known, Random random, bool isLarge)
    {
        List<EntityId> created = [];
        EntityId[] entities = [.. known.TakeLast(60)];
        for (int i = isLarge ? 40 : 1 + random.Next(4); i > 0; i--)
        {
            EntityId some = entities.Length == 0 || random.Next(6) == 0 && created.Count > 0 ? created.LastOrDefault() : entities[random.Next(entities.Length)];
            string table = random.Next(8) == 0 ? $"Other{random.Next(3)}" : random.Next(2) == 0 ? "A" : "B";
            ComponentData component = random.Next(3) == 0
                ? ComponentData.Of(table)
                : ComponentData.Of(table, [.. new (string, object?)[] { ("N", random.Next(-100, 100)), ("S", isLarge ? s_large : $"s{random.Next(50)}"), ("R", some.IsNone ? null : some) }.Where(_ => !table.StartsWith('O'))]);
            switch (some.IsNone ? 0 : random.Next(9))
            {
                case 0 or 1 or 2:
                    created.Add(batch.Create(component));
                    break;
                case 3:
                    batch.Delete(some);
                    break;
                case 4:
                    batch.Remove(some, table);
                    break;
                case 5:
                    batch.Change(some, component);
                    break;
                case 6:
                    batch.Add(some, component);
                    break;
                default:
                    batch.Set(some, component);
                    break;
            }
        }

        return created;
    }

    private static void ChangeSchema(EntityStore store)
    {
        FieldType[] types = [new(FieldKind.Int16), new(FieldKind.Int32), new(FieldKind.Float64)];
        for (int i = 0; i < 60; i++)
        {
            string name = $"Other{i % 3}";
            if (store.Entities.Schema.Find(name) is null)
                store.Entities.CreateTable(name, new FieldDefinition("X", new FieldType(FieldKind.Int16), i));
            else
                store.Entities.DropTable(name);
            store.Entities.AddField("A", new FieldDefinition($"F{i}", new FieldType(FieldKind.UInt8), 1));
            store.Entities.WidenField("A", $"F{i}", new FieldType(FieldKind.UInt32));
            if (i % 20 == 10)
                store.Entities.WidenField("B", "N", types[i / 20]);
            store.Entities.DropField("A", $"F{i}");
            Withdraw(store, i);
        }
    }

    /// <summary>A change of the schema, and something that cannot be, in one commit.</summary>
    private static void Withdraw(EntityStore store, int number)
    {
        CommandBatch commands = new();
        EntityCommands.Change(commands, new TableCreated(1_000_000 + number, $"Never{number}", []));
        EntityCommands.Delete(commands, new EntityId(EntityId.SlotMax, 1));
        Assert.Equal(StoreError.EntityNotFound, Assert.ThrowsAny<StoreException>(() => store.Store.Commit(commands)).Error);
    }

    private static void TakeCheckpoints(EntityStore store, CountdownEvent writing)
    {
        for (int i = 0; i < 8 || !writing.IsSet; i++)
        {
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = i % 6 == 0 ? CheckpointKind.Full : CheckpointKind.Incremental });
            Thread.Sleep(1);
        }
    }

    private static void Look(EntityStore store, CountdownEvent writing)
    {
        for (int looks = 0; looks < 8 || !writing.IsSet; looks++)
        {
            using Snapshot snapshot = store.Store.OpenSnapshot();
            EntitySnapshot entities = store.Entities.At(snapshot);
            string first = EntityDump.Of(entities);
            Thread.Sleep(2);
            Assert.Equal(first, EntityDump.Of(entities));
        }
    }
}
