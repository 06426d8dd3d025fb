using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Persistence.Tests.Configuration;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Persistence.Tests.Storage;
using Xunit;

namespace Persistence.Tests.Backups;

public sealed class RestoredConfigurationTests
{
    [Fact]
    public void A_restored_store_has_everything_in_its_directory_whatever_places_the_old_one_had()
    {
        using FileStore store = BackupSample.Create();
        ConfiguredStore.WriteFile(store.Disk, "# ours\n[paths]\nlog = \"/fast\" # the quick one\narchive = \"/large\"\n[checkpoint]\nretained = 3\n");
        SimulatedFileSystem backup = BackupSample.Take(store);
        SimulatedFileSystem destination = new();
        RecoveryReport report = BackupSample.Restore(destination, backup);
        Assert.Equal("# ours\n[paths]\n[checkpoint]\nretained = 3\n", destination.FindText(ConfigurationFile.Name));
        Assert.Contains(report.Actions, static action => action.Contains("paths.log", StringComparison.Ordinal) && action.Contains("paths.archive", StringComparison.Ordinal));
        using PersistenceStore opened = PersistenceStore.OpenConfigured(TestStore.HostFor(destination), [new KeyValueState(), new FileState()]);
        Assert.Equal(3, opened.Options.CheckpointsRetained);
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_restored_as_it_is()
    {
        using FileStore store = BackupSample.Create();
        ConfiguredStore.WriteFile(store.Disk, "[paths\nlog = ");
        SimulatedFileSystem destination = new();
        BackupSample.Restore(destination, BackupSample.Take(store));
        Assert.Equal("[paths\nlog = ", destination.FindText(ConfigurationFile.Name));
    }
}
