using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Storage;
using Xunit;

namespace Persistence.Tests.Configuration;

/// <summary>Changing the file by program.</summary>
public sealed class ConfigurationFileTests
{
    private static readonly ConfigurationKey Retained = ConfigurationKeys.For(nameof(StoreOptions.CheckpointsRetained));
    private static readonly ConfigurationKey Mode = ConfigurationKeys.For(nameof(StoreOptions.Durability));
    private static readonly ConfigurationKey Patterns = ConfigurationKeys.For(nameof(StoreOptions.TerminalSecretPatterns));

    [Fact]
    public void A_change_makes_the_file_and_keeps_what_else_is_in_it()
    {
        using TestStore store = TestStore.Create();
        StoreHost host = TestStore.HostFor(store.Files);
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = 3, [Mode] = "batch" });
        Assert.Equal("[checkpoint]\nretained = 3\n\n[durability]\nmode = \"batch\"\n", store.Files.FindText(ConfigurationFile.Name));
        ConfiguredStore.WriteFile(store.Files, "# ours\n[checkpoint]\nretained = 3 # three\n");
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = 4L, [Mode] = DurabilityMode.None });
        Assert.Equal("# ours\n[checkpoint]\nretained = 4 # three\n\n[durability]\nmode = \"none\"\n", store.Files.FindText(ConfigurationFile.Name));
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = null });
        Assert.Equal("# ours\n[checkpoint]\n\n[durability]\nmode = \"none\"\n", store.Files.FindText(ConfigurationFile.Name));
        Assert.Empty(store.Files.List("staging"));
        ConfigurationFile.Clear(host);
        Assert.Equal("# ours\n[checkpoint]\n\n[durability]\n", store.Files.FindText(ConfigurationFile.Name));
        Assert.Equal(new StoreOptions(), ConfigurationFile.Load(host).Options);
    }

    [Fact]
    public void A_directory_of_its_name_is_a_wrong_configuration_and_no_broken_disk()
    {
        using TestStore store = TestStore.Create();
        store.Files.CreateDirectory(ConfigurationFile.Name);
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(TestStore.HostFor(store.Files)));
        Assert.Equal(ConfigurationFile.Name, refusal.File);
    }

    [Fact]
    public void Of_two_changes_made_at_the_same_time_none_is_lost()
    {
        using TestStore store = TestStore.Create();
        WatchedScheduler scheduler = new();
        BackgroundCall? second = null;
        FaultInjectingFileSystem files = new(store.Files, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Rename && second is null)
            {
                second = new BackgroundCall("second", () => ConfigurationFile.Change(TestStore.HostFor(store.Files) with { Scheduler = scheduler }, new Dictionary<ConfigurationKey, object?> { [Mode] = "none" }));
                Assert.True(SpinWait.SpinUntil(() => second.HasEnded || scheduler.PausesOf("second") > 0, BackgroundCall.Patience));
            }

            return null;
        });
        ConfigurationFile.Change(TestStore.HostFor(files), new Dictionary<ConfigurationKey, object?> { [Retained] = 3 });
        second!.Succeeded();
        Assert.Equal("[checkpoint]\nretained = 3\n\n[durability]\nmode = \"none\"\n", store.Files.FindText(ConfigurationFile.Name));
        Assert.Empty(StoreLayout.FindUnknown(store.Files));
    }

    [Fact]
    public void Somebody_who_does_not_end_changing_it_is_waited_for_ten_seconds_or_until_that_is_given_up()
    {
        using TestStore store = TestStore.Create();
        IFile holder = store.Files.Open(ConfigurationLock.FileName, FileIntent.OpenOrCreate);
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        WatchedScheduler scheduler = new();
        ManualClock clock = new();
        StoreHost host = TestStore.HostFor(store.Files) with { Scheduler = scheduler, Clock = clock };
        BackgroundCall change = new("change", () => ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = 3 }));
        clock.Advance(TimeSpan.FromSeconds(9));
        int pauses = scheduler.PausesOf("change");
        Assert.True(SpinWait.SpinUntil(() => scheduler.PausesOf("change") > pauses + 1, BackgroundCall.Patience));
        Assert.False(change.HasEnded);
        clock.Advance(TimeSpan.FromSeconds(10));
        change.FailedWith(StoreError.LockTimeout);
        Assert.Throws<OperationCanceledException>(() => ConfigurationFile.Clear(host with { StopWaiting = new CancellationToken(canceled: true) }));
        Assert.Null(store.Files.FindText(ConfigurationFile.Name));
        holder.Dispose();
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = 3 });
        Assert.Equal("[checkpoint]\nretained = 3\n", store.Files.FindText(ConfigurationFile.Name));
    }

    [Fact]
    public void A_list_is_written_in_one_line_and_takes_the_place_of_several()
    {
        using TestStore store = TestStore.Create();
        StoreHost host = TestStore.HostFor(store.Files);
        ConfiguredStore.WriteFile(store.Files, "[terminals]\nsecret_patterns = [\n  'A', # why\n] # ours\noutput_batch_ms = 7\n");
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Patterns] = new[] { "*\"B\\", "c" } });
        Assert.Equal("[terminals]\nsecret_patterns = [\"*\\\"B\\\\\", \"c\"] # ours\noutput_batch_ms = 7\n", store.Files.FindText(ConfigurationFile.Name));
        Assert.Equal(["*\"B\\", "c"], ConfigurationFile.Load(host).Options.TerminalSecretPatterns);
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Patterns] = Array.Empty<string>() });
        Assert.Equal("[terminals]\nsecret_patterns = [] # ours\noutput_batch_ms = 7\n", store.Files.FindText(ConfigurationFile.Name));
        Assert.Empty(ConfigurationFile.Load(host).Options.TerminalSecretPatterns);
    }

    /// <summary>A store whose file is too large to be read could not be opened for writing.</summary>
    [Fact]
    public void A_change_that_makes_the_file_too_large_to_be_read_is_refused()
    {
        using TestStore store = TestStore.Create();
        StoreHost host = TestStore.HostFor(store.Files);
        ConfiguredStore.WriteFile(store.Files, "# ours\n");
        string[] large = [.. Enumerable.Repeat(new string('x', 256), 256)];
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Patterns] = large }));
        Assert.Equal(ConfigurationFile.Name, refusal.File);
        Assert.Equal("# ours\n", store.Files.FindText(ConfigurationFile.Name));
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Patterns] = large[..250] });
        Assert.Equal(250, ConfigurationFile.Load(host).Options.TerminalSecretPatterns.Count);
    }

    [Fact]
    public void A_value_out_of_range_changes_nothing()
    {
        using TestStore store = TestStore.Create();
        ConfiguredStore.WriteFile(store.Files, "[checkpoint]\nretained = 3");
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Change(TestStore.HostFor(store.Files), new Dictionary<ConfigurationKey, object?> { [Mode] = "none", [Retained] = 65 }));
        Assert.Equal("[checkpoint]\nretained = 3", store.Files.FindText(ConfigurationFile.Name));
    }

    [Fact]
    public void A_file_that_is_invalid_elsewhere_is_left_alone_and_one_invalid_there_is_mended()
    {
        using TestStore store = TestStore.Create();
        StoreHost host = TestStore.HostFor(store.Files);
        ConfiguredStore.WriteFile(store.Files, "[checkpoint]\nretained = 99\n[log]\nspare_segments = 99\n");
        Assert.Equal("log.spare_segments", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = 4 })).Key);
        ConfigurationFile.Change(host, new Dictionary<ConfigurationKey, object?> { [Retained] = 4, [ConfigurationKeys.For(nameof(StoreOptions.SpareSegments))] = null });
        Assert.Equal("[checkpoint]\nretained = 4\n[log]\n", store.Files.FindText(ConfigurationFile.Name));
        ConfiguredStore.WriteFile(store.Files, "[lgo]\nx = 1\n[log]\nspare_segments = 99\n");
        ConfigurationFile.Clear(host);
        Assert.Equal("[log]\n", store.Files.FindText(ConfigurationFile.Name));
        ConfiguredStore.WriteFile(store.Files, "[lgo");
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Clear(host));
    }

    [Fact]
    public void Where_there_is_no_store_nothing_is_written()
    {
        SimulatedFileSystem files = new();
        StoreException refused = Assert.Throws<StoreException>(() => ConfigurationFile.Change(TestStore.HostFor(files), new Dictionary<ConfigurationKey, object?> { [Retained] = 4 }));
        Assert.Equal(StoreError.StoreNotFound, refused.Error);
        Assert.Empty(files.List(""));
    }

    [Fact]
    public void A_file_written_before_the_store_is_created_counts_for_its_creation()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        ConfiguredStore.WriteFile(host.Files, "[log]\nsegment_bytes = 32_768\n");
        PersistenceStore.Create(host, ConfigurationFile.Load(host).Options);
        using ConfiguredStore store = ConfiguredStore.Open(host);
        Assert.Equal(32_768, host.Files.TryGetLength("wal/0000000001.wal"));
    }

    /// <summary>A power cut leaves the old file or the new one.</summary>
    [Fact]
    public void A_change_is_durable_when_it_returns()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        ConfigurationFile.Change(TestStore.HostFor(files), new Dictionary<ConfigurationKey, object?> { [Retained] = 3 });
        Assert.Equal("[checkpoint]\nretained = 3\n", files.CrashImage(CrashImageKind.DropPending).FindText(ConfigurationFile.Name));
    }

    /// <summary>A writer that is opened meanwhile removes what it finds in staging.</summary>
    [Fact]
    public void A_change_whose_preparation_is_swept_away_is_made_again()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        int renames = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Rename && renames++ == 0)
                disk.Delete(operation.Path);
            return null;
        });
        ConfigurationFile.Change(TestStore.HostFor(files), new Dictionary<ConfigurationKey, object?> { [Retained] = 3 });
        Assert.Equal(2, renames);
        Assert.Equal("[checkpoint]\nretained = 3\n", disk.FindText(ConfigurationFile.Name));
    }
}
