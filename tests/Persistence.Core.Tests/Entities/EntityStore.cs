using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Entities;

/// <summary>A store with entities, on a simulated file system unless another is given.</summary>
internal sealed class EntityStore : IDisposable
{
    /// <summary>As many increments as there is room for.</summary>
    public static readonly StoreOptions Increments = TestStore.SmallOptions with { CheckpointIncrementFromBytes = 0, CheckpointIncrementsMax = 8, CompactionRatioPercent = 0 };

    private EntityStore(StoreHost host, StoreOptions? options, RecoveryMode mode, bool readOnly, RecoveryTarget? target)
    {
        Files = host.Files;
        Entities = new EntityState();
        Store = readOnly ? PersistenceStore.OpenReadOnly(host, [Entities], mode, target: target) : PersistenceStore.Open(host, options ?? TestStore.SmallOptions, [Entities], mode, target: target);
    }

    public IFileSystem Files { get; }

    public PersistenceStore Store { get; }

    public EntityState Entities { get; }

    public static EntityStore Create(IFileSystem? files = null, StoreOptions? options = null) => Create(TestStore.HostFor(files ?? new SimulatedFileSystem()), options);

    public static EntityStore Create(StoreHost host, StoreOptions? options = null)
    {
        PersistenceStore.Create(host, options ?? TestStore.SmallOptions);
        return Open(host, options);
    }

    public static EntityStore Open(IFileSystem files, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict, RecoveryTarget? target = null) => Open(TestStore.HostFor(files), options, mode, target);

    public static EntityStore Open(StoreHost host, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict, RecoveryTarget? target = null) =>
        new(host, options, mode, readOnly: false, target);

    public static EntityStore OpenReadOnly(IFileSystem files, RecoveryTarget? target = null) => new(TestStore.HostFor(files), null, RecoveryMode.Strict, readOnly: true, target);

    public CommitResult Change(Action<EntityBatch> change)
    {
        EntityBatch batch = Entities.CreateBatch();
        change(batch);
        return Entities.Commit(batch);
    }

    public EntityId Add(params ComponentData[] components)
    {
        EntityId entity = default;
        Change(batch => entity = batch.Create(components));
        return entity;
    }

    /// <summary>The whole state as text, for comparing.</summary>
    public string Dump() => EntityDump.Of(Entities);

    public void Dispose() => Store.Dispose();
}
