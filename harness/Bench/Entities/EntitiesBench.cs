using Persistence.Configuration;
using Persistence.Checkpoints;
using Persistence.Engine;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>Entities with three components each: inserting, checkpoints, restoring, reading, changes of a table.</summary>
/// <param name="directory">Where stores go.</param>
/// <param name="entities">How many entities.</param>
/// <param name="batchSizes">How many of them are inserted in one commit.</param>
/// <param name="samplesMin">Commits to be timed, at least, with a checkpoint as without.</param>
/// <param name="rounds">How often everything else is measured.</param>
internal sealed class EntitiesBench(string directory, int entities, IReadOnlyList<int> batchSizes, int samplesMin, int rounds)
{
    private readonly string _path = Path.Combine(directory, "entities");

    /// <summary>Measures.</summary>
    public IEnumerable<BenchRow> Run()
    {
        EntitySamples samples = new(entities);
        EntityInsertBench inserts = new(directory, samples, rounds);
        inserts.WarmUp();
        foreach (int batchSize in batchSizes)
            yield return inserts.Measure(batchSize);
        EntityId[] ids = Fill(samples);
        EntityRestoreBench restore = new(_path, entities, rounds);
        yield return restore.Measure("log", "wal");
        foreach (BenchRow row in MeasureOpened(ids))
            yield return row;
        yield return restore.Measure("checkpoint", "checkpoints");
    }

    private EntityId[] Fill(EntitySamples samples)
    {
        EntityState state = new();
        using PersistenceStore store = EntityStores.Create(_path, EntityStores.Quiet with { Durability = DurabilityMode.None }, state);
        return samples.Insert(state, 1_000);
    }

    /// <summary>What is done with a store that is open; at its end there is one full checkpoint and nothing behind it.</summary>
    private IEnumerable<BenchRow> MeasureOpened(EntityId[] ids)
    {
        EntityState state = new();
        CaptureTimer timer = new(state);
        using PersistenceStore store = PersistenceStore.Open(StoreHost.ForDirectory(_path), EntityStores.Quiet, [timer]);
        EntityCheckpointBench checkpoints = new(store, timer, state, ids, rounds);
        yield return checkpoints.MeasureFull();
        yield return checkpoints.MeasurePause(samplesMin);
        yield return checkpoints.MeasureIncrement();
        yield return new EntityQueryBench(state, ids, rounds).Measure();
        yield return new EntitySchemaBench(state, ids.Length, rounds).Measure();
        store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
    }
}
