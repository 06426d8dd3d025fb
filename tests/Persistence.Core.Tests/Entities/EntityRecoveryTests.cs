using Persistence.Backups;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>What the engine promises of every state, with entities: older checkpoints, compaction, earlier moments, backups, checkpoints by themselves.</summary>
public sealed class EntityRecoveryTests
{
    private static readonly StoreOptions s_options = EntityStore.Increments with { LogRetainBytes = long.MaxValue };

    /// <summary>The newest checkpoints are damaged one after the other: an older one with its log gives the same state.</summary>
    [Fact]
    public void Older_checkpoints_and_the_log_since_give_the_same_state()
    {
        (SimulatedFileSystem files, string expected) = MakeChain(s_options);
        StoreImage image = StoreImage.Of(files);
        string[] checkpoints = [.. image.Paths.Where(static path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)];
        Assert.Equal(5, checkpoints.Length);
        foreach (string checkpoint in checkpoints)
        {
            image.Flip(checkpoint, image[checkpoint].Length / 2);
            using EntityStore store = EntityStore.Open(image.ToFiles(), s_options);
            Assert.Equal(expected, store.Dump());
            Assert.NotEmpty(store.Store.RecoveryReport.Findings);
            Assert.Empty(((IStateModel)store.Entities).FindViolations());
        }
    }

    [Fact]
    public void Without_a_checkpoint_that_is_needed_nothing_is_opened()
    {
        (SimulatedFileSystem files, _) = MakeChain(EntityStore.Increments with { SegmentBytes = 32 << 10, LogRetainBytes = 0, CheckpointsRetained = 1 });
        StoreImage image = StoreImage.Of(files);
        foreach (string checkpoint in image.Paths.Where(static path => path.EndsWith(".full", StringComparison.Ordinal)).ToList())
            image.Flip(checkpoint, image[checkpoint].Length / 2);
        Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => EntityStore.Open(image.ToFiles(), s_options)).Error);
    }

    [Fact]
    public void Compaction_merges_the_chain_and_loses_nothing()
    {
        (SimulatedFileSystem files, string expected) = MakeChain(s_options);
        using (EntityStore store = EntityStore.Open(files, s_options))
        {
            store.Store.Compact();
            Assert.True(store.Store.GetCheckpoints()[^1].IsFull);
            Assert.Equal(expected, store.Dump());
        }

        using EntityStore again = EntityStore.Open(files, s_options);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void A_store_goes_back_to_a_checkpoint_a_time_and_an_LSN_with_the_schema_of_then()
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        StoreHost host = TestStore.DeterministicHostFor(files, clock: clock);
        List<(Lsn Lsn, DateTimeOffset Time, string Dump)> moments = [];
        using (EntityStore store = EntityStore.Create(host, s_options))
        {
            EntitySample.Add(store);
            Note(store);
            store.Entities.WidenField("Position", "X", new FieldType(FieldKind.Float64));
            store.Add(ComponentData.Of("Position", ("X", 0.5)));
            Note(store);
            store.Store.TakeCheckpoint();
            store.Entities.DropTable("Everything");
            store.Entities.RenameField("Position", "X", "Column");
            Note(store);
        }

        foreach ((Lsn lsn, DateTimeOffset time, string dump) in moments)
        {
            foreach (RecoveryTarget target in (RecoveryTarget[])[RecoveryTarget.ToLsn(lsn), RecoveryTarget.ToTime(time)])
            {
                using EntityStore past = EntityStore.OpenReadOnly(files, target);
                Assert.Equal(dump, past.Dump());
            }
        }

        using (EntityStore store = EntityStore.Open(host, s_options, target: RecoveryTarget.ToLsn(moments[0].Lsn)))
        {
            Assert.Equal(moments[0].Dump, store.Dump());
            // What was given out after that moment is given out again: it never was.
            store.Add(ComponentData.Of("Position", ("X", 1)));
            store.Entities.CreateTable("Other");
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
            moments[0] = moments[0] with { Dump = store.Dump() };
        }

        using EntityStore again = EntityStore.Open(files, s_options);
        Assert.Equal(moments[0].Dump, again.Dump());

        void Note(EntityStore store)
        {
            moments.Add((store.Store.Horizon.Visible, clock.GetUtcNow(), store.Dump()));
            clock.Advance(TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public void A_backup_has_them()
    {
        (SimulatedFileSystem files, string expected) = MakeChain(s_options);
        SimulatedFileSystem backup = new();
        StoreBackup.Take(TestStore.HostFor(files), backup);
        EntityState entities = new();
        using PersistenceStore view = StoreBackup.OpenReadOnly([backup], TestStore.HostFor(new SimulatedFileSystem()), [entities]);
        Assert.Equal(expected, EntityDump.Of(entities));
    }

    [Fact]
    public void After_so_many_transactions_or_so_much_time_a_checkpoint_is_taken()
    {
        using (EntityStore store = EntityStore.Create(options: s_options with { SpareSegments = 1, CheckpointTransactions = 10 }))
        {
            store.Entities.CreateTable("T");
            for (int i = 0; i < 12; i++)
                store.Add(ComponentData.Of("T"));
            Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().LastCheckpointId == 1, BackgroundCall.Patience));
        }

        ManualClock clock = new();
        using EntityStore timed = EntityStore.Create(TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock), s_options with { SpareSegments = 1, CheckpointIntervalSeconds = 60 });
        timed.Add();
        clock.Advance(TimeSpan.FromSeconds(61));
        timed.Add();
        Assert.True(SpinWait.SpinUntil(() => timed.Store.GetStatus().LastCheckpointId == 1, BackgroundCall.Patience));
    }

    /// <summary>A full checkpoint, four increments with changes of all kinds between them, and something behind the last.</summary>
    private static (SimulatedFileSystem Files, string Dump) MakeChain(StoreOptions options)
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, options);
        EntitySample.Add(store);
        Random random = new(3);
        List<EntityId> entities = [];
        for (int checkpoint = 0; checkpoint < 5; checkpoint++)
        {
            for (int i = 0; i < 60; i++)
            {
                entities.Add(store.Add(ComponentData.Of("Position", ("X", i)), ComponentData.Of("Everything", ("String", $"{checkpoint}.{i}"))));
                EntityId some = entities[random.Next(entities.Count)];
                store.Change(batch => batch.Set(some, ComponentData.Of("Position", ("X", -i))));
                if (i % 4 == 0)
                {
                    store.Change(batch => batch.Delete(some));
                    entities.Remove(some);
                }
            }

            store.Entities.AddField("Position", new FieldDefinition($"F{checkpoint}", new FieldType(FieldKind.Int16), checkpoint));
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = checkpoint == 0 ? CheckpointKind.Full : CheckpointKind.Incremental });
        }

        store.Change(batch => batch.Delete(entities[0]));
        store.Add(ComponentData.Of("Position", ("F3", 77)));
        return (files, store.Dump());
    }
}
