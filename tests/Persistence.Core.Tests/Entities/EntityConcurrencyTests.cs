using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityConcurrencyTests
{
    private const int Accounts = 20;
    private const int Money = 100;

    /// <summary>Money is moved between accounts in three tables, entities come and go, tables change, checkpoints are taken, and whoever looks sees all of it together.</summary>
    [Fact]
    public async Task Readers_see_whole_transactions_while_everything_changes()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = EntityStore.Increments with { SpareSegments = 1, SegmentBytes = 256 << 10 };
        string expected;
        using (EntityStore store = EntityStore.Create(files, options))
        {
            store.Entities.CreateTable("Account", new FieldDefinition("Amount", new FieldType(FieldKind.Int32)));
            store.Entities.CreateTable("Moved", new FieldDefinition("Times", new FieldType(FieldKind.Int32)), new FieldDefinition("Last", new FieldType(FieldKind.Reference)));
            store.Entities.CreateTable("Note", new FieldDefinition("Text", new FieldType(FieldKind.String)));
            EntityBatch batch = store.Entities.CreateBatch();
            EntityId[] accounts = [.. Enumerable.Range(0, Accounts).Select(_ => batch.Create(ComponentData.Of("Account", ("Amount", Money)), ComponentData.Of("Moved")))];
            store.Entities.Commit(batch);
            using CountdownEvent writing = new(3);
            Task[] all =
            [
                .. Enumerable.Range(0, 3).Select(number => Start(() =>
                {
                    Move(store, accounts, number);
                    writing.Signal();
                })),
                .. Enumerable.Range(0, 2).Select(_ => Start(() => Look(store, writing))),
                Start(() => TakeCheckpoints(store, writing)),
                Start(() => ChangeSchema(store)),
            ];
            await Task.WhenAll(all);
            Assert.Equal(0, store.Entities.PendingCount);
            expected = store.Dump();
        }

        using EntityStore again = EntityStore.Open(files, options);
        Assert.Equal(expected, again.Dump());
        Assert.Empty(((IStateModel)again.Entities).FindViolations());
    }

    [Fact]
    public async Task Tables_created_at_the_same_time_are_all_there_each_once()
    {
        using EntityStore store = EntityStore.Create();
        Task[] creators = [.. Enumerable.Range(0, 4).Select(number => Start(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                store.Entities.CreateTable($"T{number}.{i}");
                Record.Exception(() => store.Entities.CreateTable($"Shared{i}"));
                store.Entities.AddField("Shared0", new FieldDefinition($"F{number}.{i}", new FieldType(FieldKind.Int8)));
            }
        }))];
        await Task.WhenAll(creators);
        Assert.Equal(150, store.Entities.Schema.Tables.Count);
        Assert.Equal(120, store.Entities.Schema.Get("Shared0").Fields.Length);
        Assert.Equal(121, store.Entities.Schema.Get("Shared0").Version);
    }

    private static void Move(EntityStore store, EntityId[] accounts, int number)
    {
        Random random = new(number);
        for (int moved = 0; moved < 300;)
        {
            using Transaction transaction = store.Store.BeginTransaction();
            EntityTransaction entities = store.Entities.In(transaction);
            EntityId from = accounts[random.Next(accounts.Length)];
            EntityId to = accounts[random.Next(accounts.Length)];
            try
            {
                Add(entities, from, -5, to);
                Add(entities, to, 5, from);
                EntityId note = entities.Create(ComponentData.Of("Note", ("Text", $"{number} {moved}")));
                if (entities.Query("Note").Read().Skip(5).FirstOrDefault() is Entity old && old.Id != note)
                    entities.Delete(old.Id);
                transaction.Commit();
                moved++;
            }
            catch (StoreException e) when (e.Error is StoreError.TransactionAborted)
            {
                // Another one was first.
            }
        }
    }

    private static void Add(EntityTransaction entities, EntityId account, int amount, EntityId other)
    {
        entities.Change(account, ComponentData.Of("Account", ("Amount", Convert.ToInt32(entities.GetComponent(account, "Account")["Amount"], null) + amount)));
        entities.Set(account, ComponentData.Of("Moved", ("Times", (int)entities.GetComponent(account, "Moved")["Times"]! + 1), ("Last", other)));
    }

    private static Task Start(Action action) => Task.Factory.StartNew(action, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Look(EntityStore store, CountdownEvent writing)
    {
        for (int looks = 0; looks < 20 || !writing.IsSet; looks++)
        {
            using Snapshot snapshot = store.Store.OpenSnapshot();
            EntitySnapshot entities = store.Entities.At(snapshot);
            string first = EntityDump.Of(entities);
            List<Entity> accounts = [.. store.Entities.Query("Account", "Moved")];
            Assert.Equal(Accounts, accounts.Count);
            Assert.Equal(Accounts * Money, accounts.Sum(static account => Convert.ToInt32(account["Account"]["Amount"], null)));
            Assert.Equal(0, accounts.Sum(static account => (int)account["Moved"]["Times"]!) % 2);
            Assert.Equal(Accounts * Money, entities.Query("Account").Sum(static account => Convert.ToInt32(account["Account"]["Amount"], null)));
            Assert.Equal(first, EntityDump.Of(entities));
        }
    }

    private static void TakeCheckpoints(EntityStore store, CountdownEvent writing)
    {
        for (int i = 0; i < 10 || !writing.IsSet; i++)
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = i % 4 == 0 ? CheckpointKind.Full : CheckpointKind.Incremental });
    }

    private static void ChangeSchema(EntityStore store)
    {
        for (int i = 0; i < 40; i++)
        {
            string name = $"F{i}";
            store.Entities.AddField("Note", new FieldDefinition(name, new FieldType(FieldKind.Int32), i));
            store.Entities.WidenField("Note", name, new FieldType(FieldKind.Int64));
            store.Entities.DropField("Note", name);
            if (i == 10)
                store.Entities.WidenField("Account", "Amount", new FieldType(FieldKind.Int64));
            Thread.Sleep(5);
        }
    }
}
