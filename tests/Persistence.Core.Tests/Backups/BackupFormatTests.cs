using Persistence.Backups;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Xunit;

namespace Persistence.Tests.Backups;

public sealed class BackupFormatTests
{
    private static readonly GoldenFiles s_golden = new("Backups");
    [Fact]
    public void A_manifest_is_byte_for_byte_what_version_1_wrote()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options);
        store.Change("one", ("a.txt", "content"));
        store.Store.TakeCheckpoint();
        store.Change("two", ("b.txt", "more"));
        SimulatedFileSystem full = Take(store, seed: 11);
        store.Change("three", ("b.txt", "less"));
        SimulatedFileSystem increment = Take(store, seed: 12, full);
        Assert.Equal(s_golden.Read("backup-full"), HexDump.Write(StoreImage.Of(full)["MANIFEST"]));
        Assert.Equal(s_golden.Read("backup-increment"), HexDump.Write(StoreImage.Of(increment)["MANIFEST"]));
    }

    private static SimulatedFileSystem Take(FileStore store, ulong seed, params IReadOnlyList<IFileSystem> parents)
    {
        SimulatedFileSystem destination = new();
        StoreBackup.Take(TestStore.DeterministicHostFor(store.Disk, seed), destination, new BackupRequest { Parents = parents });
        return destination;
    }
}
