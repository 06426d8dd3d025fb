using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>Stores of entities that are measured.</summary>
internal static class EntityStores
{
    /// <summary>Takes no checkpoint by itself, and keeps as little log as it can.</summary>
    public static readonly StoreOptions Quiet = new() { CheckpointLogBytes = 0, CheckpointCloseBytes = long.MaxValue, CheckpointsRetained = 1, LogRetainBytes = 0 };

    /// <summary>Creates one, with the tables of the samples.</summary>
    public static PersistenceStore Create(string path, StoreOptions options, EntityState state)
    {
        StoreHost host = StoreHost.ForNewDirectory(path);
        PersistenceStore.Create(host, options);
        PersistenceStore store = PersistenceStore.Open(host, options, [state]);
        EntitySamples.Define(state);
        return store;
    }

    /// <summary>Opens one for reading.</summary>
    public static PersistenceStore OpenReadOnly(string path, EntityState state) => PersistenceStore.OpenReadOnly(StoreHost.ForDirectory(path), [state]);
}
