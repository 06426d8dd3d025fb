using Persistence.Backups;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Xunit;

namespace Persistence.Tests.Backups;

/// <summary>A store with items and files over several segments, checkpoints among them, and what is done with its backups.</summary>
internal static class BackupSample
{
    public static readonly StoreOptions Options = TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointsRetained = 1, Compress = false };

    /// <summary>A store that is open, with something of everything in it.</summary>
    public static FileStore Create(SimulatedFileSystem? disk = null)
    {
        FileStore store = FileStore.Create(disk ?? new SimulatedFileSystem(), Options);
        WriteRound(store, 1);
        store.Store.TakeCheckpoint();
        WriteRound(store, 2);
        return store;
    }

    public static void WriteRound(FileStore store, int round)
    {
        store.Change($"round {round}", ("always.txt", $"content {round}"), ($"only{round}.txt", new string('o', 3000 + round)));
        for (int i = 0; i < 8; i++)
            store.KeyValue.Set($"key{i}", TestStore.Encode($"{round}.{i} ".PadRight(2500, 'v')));
        store.KeyValue.Set($"deleted{round}", TestStore.Encode("x"));
        store.KeyValue.Delete($"deleted{round}");
    }

    /// <summary>Everything a store holds, as text.</summary>
    public static string Dump(KeyValueState items, FileState files) =>
        string.Concat(items.FindByPrefix().Select(item => $"{item.Key}={TestStore.Decode(item.Value)};")) + string.Concat(files.List().Select(file => $"{file.Name}={System.Text.Encoding.UTF8.GetString(files.Read(file.Name)!)};"));

    public static string Dump(FileStore store) => Dump(store.KeyValue, store.Files);

    public static SimulatedFileSystem Take(FileStore store, params IReadOnlyList<IFileSystem> parents) => Take(store.Disk, parents);

    public static SimulatedFileSystem Take(IFileSystem store, params IReadOnlyList<IFileSystem> parents)
    {
        SimulatedFileSystem destination = new();
        StoreBackup.Take(TestStore.HostFor(store), destination, new BackupRequest { Parents = parents });
        return destination;
    }

    public static RecoveryReport Restore(IFileSystem destination, params IReadOnlyList<IFileSystem> backups) =>
        StoreBackup.Restore(backups, TestStore.HostFor(destination), Options, [new KeyValueState(), new FileState()]);

    /// <summary>What a restored store holds once it is opened for writing.</summary>
    public static string RestoreAndDump(params IReadOnlyList<IFileSystem> backups)
    {
        SimulatedFileSystem destination = new();
        Restore(destination, backups);
        using FileStore store = FileStore.Open(destination, Options);
        return Dump(store);
    }

    public static BackupVerification Verify(params IReadOnlyList<IFileSystem> backups) => StoreBackup.Verify(backups, TestStore.HostFor(new SimulatedFileSystem()));

    public static StoreException Refused(StoreError expected, Action act)
    {
        StoreException e = Assert.ThrowsAny<StoreException>(act);
        Assert.True(e.Error == expected, $"{e.Error}: {e.Message}");
        return e;
    }

    public static string[] PathsIn(IFileSystem directory) => [.. StoreImage.Of(directory).Paths];
}
