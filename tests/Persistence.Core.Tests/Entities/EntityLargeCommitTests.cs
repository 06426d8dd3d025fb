using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>Commits of entities that take several frames: each of their records counts from the last one on.</summary>
public sealed class EntityLargeCommitTests
{
    private const int Tries = 30;

    private static StoreOptions Options => EntityStore.Increments with { FrameBytesMax = 8 << 10, SegmentBytes = 32 << 10 };

    /// <summary>A checkpoint is taken between the first record of a commit and its last: it has nothing of it, and the increment after it has all of it, also what was logged before that checkpoint.</summary>
    [Fact]
    public async Task An_increment_has_all_of_a_commit_that_began_before_its_parent_was_taken()
    {
        int between = 0;
        for (int i = 0; i < Tries && between < 3; i++)
            between += await TakeBetween() ? 1 : 0;
        Assert.True(between > 0, "no checkpoint was taken in the middle of a commit");
    }

    private static async Task<bool> TakeBetween()
    {
        using OperationBlocker blocker = new();
        EntityStore store = blocker.Own(EntityStore.Create(blocker.Files, Options));
        store.Entities.CreateTable("T", new FieldDefinition("S", new FieldType(FieldKind.String)));
        EntityId[] entities = [.. Enumerable.Range(0, 60).Select(_ => store.Add(ComponentData.Of("T", ("S", "before"))))];
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        string before = store.Dump();
        OperationStop write = blocker.StopAtLogWrite(4);
        Task<CommitResult> committing = Task.Run(() => store.Change(batch => Change(batch, entities)), TestContext.Current.CancellationToken);
        write.WaitUntilReached();
        using Snapshot snapshot = store.Store.OpenSnapshot();
        Task<CheckpointInfo> taking = Task.Run(() => store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental }), TestContext.Current.CancellationToken);
        // It asks for its turn meanwhile; when it does not, it comes after the commit, and this was for nothing.
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(before, store.Dump());
        write.Release();
        CommitResult result = await committing;
        CheckpointInfo taken = await taking;
        Assert.Equal(before, EntityDump.Of(store.Entities.At(snapshot)));
        string expected = store.Dump();
        Assert.NotEqual(before, expected);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        using EntityStore again = EntityStore.Open(blocker.Disk.CrashImage(CrashImageKind.KeepEverything), Options);
        Assert.Equal(expected, again.Dump());
        return taken.End > result.First && taken.End < result.End;
    }

    [Fact]
    public void A_refused_one_leaves_nothing_sequenced_and_gives_its_ids_back()
    {
        using EntityStore store = EntityStore.Create(options: Options);
        store.Entities.CreateTable("T", new FieldDefinition("S", new FieldType(FieldKind.String)));
        EntityId[] entities = [.. Enumerable.Range(0, 60).Select(_ => store.Add(ComponentData.Of("T", ("S", "before"))))];
        string before = store.Dump();
        EntityBatch batch = store.Entities.CreateBatch();
        Change(batch, entities);
        batch.Delete(entities[0]);
        Assert.Equal(StoreError.StaleEntity, Assert.ThrowsAny<StoreException>(() => store.Entities.Commit(batch)).Error);
        batch.Clear();
        Assert.Equal((before, 0), (store.Dump(), store.Entities.PendingCount));
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction inside = store.Entities.In(transaction);
        Assert.Equal(60, inside.Create().Slot);
        store.Change(changes => changes.Delete(entities[5]));
        Assert.True(inside.Exists(entities[5]));
        Change(inside, entities);
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(59, store.Entities.Count);
    }

    private static void Change(IEntityWriter writer, EntityId[] entities)
    {
        writer.Delete(entities[0]);
        writer.Remove(entities[1], "T");
        foreach (EntityId entity in entities.Skip(2))
            writer.Set(entity, ComponentData.Of("T", ("S", new string('x', 900))));
        writer.Create(ComponentData.Of("T", ("S", "new")));
        // The same once more in one commit.
        writer.Add(entities[1], ComponentData.Of("T"));
        writer.Remove(entities[2], "T");
    }
}
