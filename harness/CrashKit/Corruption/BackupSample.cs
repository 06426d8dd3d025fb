using Persistence.Backups;
using Persistence.Configuration;
using Persistence.CrashKit.Simulation;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>A backup that the unmodified engine took of a store, to be damaged: a full one, or an increment on one that stays as it is.</summary>
internal sealed class BackupSample : IDamageSubject
{
    private const string Manifest = "MANIFEST";

    private static readonly StoreOptions Restored = new() { SegmentBytes = 32 << 10, SpareSegments = 0, MarkerDelayMs = 0, ReserveBallastBytes = 0, CheckpointLogBytes = 0 };

    private readonly IReadOnlyList<IFileSystem> _parents;

    private BackupSample(string name, long seed, IReadOnlyList<IFileSystem> parents, IFileSystem backup)
    {
        Name = name;
        Seed = seed;
        _parents = parents;
        Image = DiskImage.Of(backup);
        StoreHost restored = Host();
        TryRestore(Image.ToDisk(), restored);
        Items = ItemsOf(restored);
    }

    public string Name { get; }

    public long Seed { get; }

    public DiskImage Image { get; }

    public bool IsLarge => false;

    public IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Earlier { get; } = new Dictionary<string, IReadOnlyList<byte[]>>();

    public IDamageSubject? Foreign { get; private init; }

    /// <summary>A number for the items that a store restored from it holds.</summary>
    public ulong Items { get; }

    /// <summary>Takes backups of what a run had on its disk at two moments.</summary>
    /// <param name="name">Of its shape.</param>
    /// <param name="seed">Where ids come from.</param>
    /// <param name="earlier">The store when the full one is taken.</param>
    /// <param name="later">The store when the increment is taken; null: the full one is what is damaged.</param>
    /// <param name="foreign">Another backup made in the same way, or null.</param>
    public static BackupSample Make(string name, long seed, SimulatedFileSystem earlier, SimulatedFileSystem? later, BackupSample? foreign)
    {
        SimulatedFileSystem full = new();
        StoreBackup.Take(HostOn(earlier, seed), full);
        if (later is null)
            return new BackupSample(name, seed, [], full) { Foreign = foreign };
        SimulatedFileSystem increment = new();
        StoreBackup.Take(HostOn(later, seed + 1), increment, new BackupRequest { Parents = [full] });
        return new BackupSample(name, seed, [full], increment) { Foreign = foreign };
    }

    public string KindOf(string path) => path == Manifest ? FileKinds.BackupManifest : FileKinds.BackupFile;

    public bool IsExempt(string path) => false;

    public IReadOnlyList<(int Start, int End)>? UsedOf(string path) => null;

    public IDamageJudge CreateJudge() => new BackupJudge(this);

    /// <summary>Another backup, whole, in the place of this one: nothing but its content shows it.</summary>
    public Damage? Forge()
    {
        if (Foreign is null || _parents.Count > 0)
            return null;
        IEnumerable<FileDamage> gone = Image.Paths.Where(path => Foreign.Image.Find(path) is null).Select(FileDamage.Delete);
        return new Damage("canary", "another backup in its place", [.. Foreign.Image.Paths.Select(path => FileDamage.Replace(path, Foreign.Image[path])), .. gone]);
    }

    /// <summary>The backups it takes to restore it, as a damaged disk has it.</summary>
    public IReadOnlyList<IFileSystem> ChainWith(IFileSystem damaged) => [.. _parents, damaged];

    /// <summary>A host for one thread.</summary>
    public StoreHost Host() => HostOn(new SimulatedFileSystem(), Seed + 2);

    /// <summary>Makes a store of it, in an empty directory.</summary>
    /// <exception cref="Diagnostics.StoreException">It is refused.</exception>
    public bool TryRestore(IFileSystem damaged, StoreHost restored)
    {
        StoreBackup.Restore(ChainWith(damaged), restored, Restored, [new KeyValueState()]);
        return true;
    }

    /// <summary>A number for the items of a store.</summary>
    public static ulong ItemsOf(StoreHost host)
    {
        KeyValueState items = new();
        using PersistenceStore store = PersistenceStore.OpenReadOnly(host, [items]);
        return ItemsOf(items);
    }

    /// <summary>A number for the items of a state.</summary>
    public static ulong ItemsOf(KeyValueState items)
    {
        ulong sum = 0;
        foreach (KeyValueItem item in items.FindByPrefix())
            sum += Mixing.Mix(Mixing.Hash(item.Key), Mixing.Hash(item.Value.Span));
        return sum;
    }

    // Who opens a backup or a restored store needs no thread.
    private static StoreHost HostOn(IFileSystem files, long seed) => SimulatedHost.CreateInline(files, seed, boot: 0);
}
