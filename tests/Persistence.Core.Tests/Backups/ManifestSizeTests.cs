using Persistence.Backups;
using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Backups;

public sealed class ManifestSizeTests
{
    [Fact]
    public void A_manifest_too_long_to_be_read_is_not_written()
    {
        SimulatedFileSystem directory = new();
        BackupFile[] files = [.. Enumerable.Range(0, 400_000).Select(static number => BackupFile.Whole($"files/{number:D160}", number, 1))];
        BackupSample.Refused(StoreError.BackupInvalid, () => ManifestFile.Write(directory, new BackupManifest { Files = files }));
        Assert.Empty(StoreImage.Of(directory).Paths);
    }
}
