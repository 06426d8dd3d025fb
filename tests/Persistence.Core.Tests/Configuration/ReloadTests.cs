using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Locking;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Configuration;

/// <summary>A configuration that changes while the store is open, one that cannot be used, and what a bad one keeps from happening.</summary>
public sealed class ReloadTests
{
    private const string Bad = "[log]\nspare_segments = 99\n";

    [Fact]
    public void A_changed_file_is_in_force_within_seconds_and_nobody_has_to_ask()
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(Watched(clock), Told.AtOpening);
        ConfiguredStore.WriteFile(store.Host.Files, ConfiguredStore.TextOf(("checkpoint.retained", 5)));
        AwaitAdvancing(clock, () => store.Store.Options.CheckpointsRetained == 5);
        ConfiguredValue value = store.Store.GetConfiguration().Values.Single(value => value.Key.FullName == "checkpoint.retained");
        Assert.Equal((5L, ConfigurationSource.File), (value.Value, value.Source));
    }

    [Fact]
    public void A_file_that_is_removed_leaves_the_defaults_in_force()
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(Watched(clock), Told.AtOpening, ("checkpoint.retained", 5));
        store.Host.Files.Delete(ConfigurationFile.Name);
        AwaitAdvancing(clock, () => store.Store.Options.CheckpointsRetained == 2);
        // All but what needs a reopening.
        Assert.Equal(new StoreOptions { ReserveBallastBytes = 0 }, store.Store.Options);
    }

    /// <summary>An editor that writes over a file empties it first: that is no wish for the defaults.</summary>
    [Fact]
    public void A_file_seen_while_it_is_being_written_changes_nothing()
    {
        ManualClock clock = new();
        int looks = 0;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Open && operation.Path == ConfigurationFile.Name && Thread.CurrentThread.Name == "store-background")
                Interlocked.Increment(ref looks);
            return null;
        });
        using ConfiguredStore store = ConfiguredStore.Create(
            TestStore.DeterministicHostFor(files, clock: clock) with { Scheduler = new WatchedScheduler() }, Told.AtOpening, ("checkpoint.retained", 5));
        AwaitAdvancing(clock, () => Volatile.Read(ref looks) >= 4);
        ConfiguredStore.WriteFile(files, "");
        int before = Volatile.Read(ref looks);
        clock.Advance(TimeSpan.FromSeconds(1));
        Await(() => Volatile.Read(ref looks) > before);
        ConfiguredStore.WriteFile(files, ConfiguredStore.TextOf(("checkpoint.retained", 6)));
        Assert.Equal(5, store.Store.Options.CheckpointsRetained);
        List<int> seen = [];
        AwaitAdvancing(clock, () =>
        {
            seen.Add(store.Store.Options.CheckpointsRetained);
            return seen[^1] == 6;
        });
        Assert.DoesNotContain(2, seen);
    }

    [Fact]
    public void A_bad_file_keeps_what_was_in_force_and_degrades_the_store_until_it_is_mended()
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(Watched(clock), Told.AtOpening, ("checkpoint.retained", 5));
        StoreOptions before = store.Store.Options;
        ConfiguredStore.WriteFile(store.Host.Files, Bad);
        AwaitAdvancing(clock, () => store.Store.GetStatus().Degraded is ConfigurationException { Key: "log.spare_segments", Line: 2, Column: 18 });
        Assert.Equal(before, store.Store.Options);
        HealthReport health = store.Store.CheckHealth();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains(health.Findings, finding => finding.Status == HealthStatus.Degraded && finding.Message.Contains("log.spare_segments is 99", StringComparison.Ordinal));
        store.Set("a", "1");
        ConfiguredStore.WriteFile(store.Host.Files, ConfiguredStore.TextOf(("checkpoint.retained", 6)));
        AwaitAdvancing(clock, () => store.Store.GetStatus().Degraded is null);
        Assert.Equal(6, store.Store.Options.CheckpointsRetained);
        Assert.DoesNotContain(store.Store.CheckHealth().Findings, finding => finding.Status == HealthStatus.Degraded);
    }

    [Fact]
    public void A_file_that_cannot_be_read_for_a_while_changes_nothing_and_is_got_over()
    {
        bool isDenied = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            Volatile.Read(ref isDenied) && operation.Path == ConfigurationFile.Name ? new InjectedFault(StorageFault.AccessDenied) : null);
        using ConfiguredStore store = ConfiguredStore.Create(TestStore.HostFor(files), Told.AtOpening, ("checkpoint.retained", 5));
        Volatile.Write(ref isDenied, true);
        Assert.Equal(StoreError.AccessDenied, Assert.ThrowsAny<StoreException>(() => store.Store.ReloadConfiguration()).Error);
        Assert.Equal(StoreError.AccessDenied, Assert.IsAssignableFrom<StoreException>(store.Store.GetStatus().Degraded).Error);
        Assert.Equal(5, store.Store.Options.CheckpointsRetained);
        Volatile.Write(ref isDenied, false);
        store.Store.ReloadConfiguration();
        Assert.Null(store.Store.GetStatus().Degraded);
    }

    [Fact]
    public void Reloading_says_what_is_wrong_with_the_file_and_changes_nothing()
    {
        using ConfiguredStore store = ConfiguredStore.Create(Told.AtOpening, ("checkpoint.retained", 5));
        ConfiguredStore.WriteFile(store.Host.Files, "[checkpoint]\nretained = 6\n" + Bad);
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => store.Store.ReloadConfiguration());
        Assert.Equal((4, "0 to 16"), (refused.Line, refused.Allowed));
        Assert.Equal(5, store.Store.Options.CheckpointsRetained);
    }

    [Fact]
    public void Only_a_store_open_for_writing_reloads()
    {
        using ConfiguredStore store = ConfiguredStore.Create(Told.AtOpening);
        using TestStore reader = TestStore.OpenReadOnly(store.Host.Files);
        Assert.Equal(StoreError.StoreReadOnly, Assert.Throws<StoreException>(() => reader.Store.ReloadConfiguration()).Error);
        store.Store.Close();
        Assert.Equal(StoreError.StoreClosed, Assert.Throws<StoreException>(() => store.Store.ReloadConfiguration()).Error);
    }

    [Fact]
    public void What_cannot_change_while_the_store_is_open_waits_for_the_next_opening_and_says_so()
    {
        using ConfiguredStore store = ConfiguredStore.Create(Told.WhileOpen, ("quarantine.files", 3));
        Assert.Equal(16, store.Store.Options.QuarantineFilesMax);
        ConfiguredValue waiting = Assert.Single(store.Store.GetConfiguration().Values, value => value.Pending is not null);
        Assert.Equal(("quarantine.files", 16L, 3L), (waiting.Key.FullName, waiting.Value, waiting.Pending));
        HealthFinding finding = Assert.Single(store.Store.CheckHealth().Findings);
        Assert.Equal((HealthStatus.Healthy, "quarantine.files is to be 3 and cannot change while the store is open, where it is 16."), (finding.Status, finding.Message));
        store.Store.Close();
        using ConfiguredStore again = ConfiguredStore.Open(store.Host);
        Assert.Equal(3, again.Store.Options.QuarantineFilesMax);
        Assert.Empty(again.Store.CheckHealth().Findings);
    }

    /// <summary>The file is read anew each time, and so are its lists: only what they say may count.</summary>
    [Theory, CombinatorialTold]
    public void A_list_is_in_force_and_the_same_file_makes_the_same_options(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("terminals.secret_patterns", new[] { "ACME_*", "b" }));
        StoreOptions options = store.Store.Options;
        Assert.Equal(["ACME_*", "b"], options.TerminalSecretPatterns);
        StoreOptions again = store.Store.ReloadConfiguration().Options;
        Assert.NotSame(options.TerminalSecretPatterns, again.TerminalSecretPatterns);
        Assert.Equal(options, again);
        ConfiguredStore.WriteFile(store.Host.Files, ConfiguredStore.TextOf(("terminals.secret_patterns", new[] { "b", "ACME_*" })));
        Assert.NotEqual(options, store.Store.ReloadConfiguration().Options);
    }

    [Fact]
    public void A_parameter_and_the_environment_override_the_file_for_as_long_as_the_store_is_open()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        ConfiguredStore.Create(host, Told.AtOpening).Dispose();
        host = host with { Environment = new Dictionary<string, string> { ["PERSISTENCE_CHECKPOINT_RETAINED"] = "7", ["PERSISTENCE_LOG_RETAIN_SEGMENTS"] = "7" } };
        using ConfiguredStore store = ConfiguredStore.Open(host, OptionOverrides.None.With(nameof(StoreOptions.LogRetainSegments), 8));
        ConfiguredStore.WriteFile(host.Files, ConfiguredStore.TextOf(("checkpoint.retained", 5), ("log.retain_segments", 5), ("log.retain_seconds", 5)));
        StoreOptions options = store.Store.ReloadConfiguration().Options;
        Assert.Equal((7, 8, 5), (options.CheckpointsRetained, options.LogRetainSegments, options.LogRetainSeconds));
    }

    [Theory]
    [InlineData(Bad)]
    [InlineData("[log")]
    public void A_bad_file_refuses_opening_for_writing_before_anything_is_changed_and_reading_goes_on(string text)
    {
        SimulatedFileSystem files = new();
        StoreHost host = TestStore.HostFor(files);
        using (ConfiguredStore first = ConfiguredStore.Create(host, Told.AtOpening))
            first.Set("a", "1");
        ConfiguredStore.WriteFile(files, text);
        string before = ContentOf(files);
        Assert.Equal(StoreError.ConfigurationInvalid, Assert.Throws<ConfigurationException>(() => ConfiguredStore.Open(host)).Error);
        Assert.Equal(before, ContentOf(files));
        using TestStore reader = TestStore.OpenReadOnly(files);
        Assert.Equal("1", reader.Get("a"));
        HealthFinding finding = Assert.Single(reader.Store.CheckHealth().Findings);
        Assert.Equal(HealthStatus.Degraded, finding.Status);
        Assert.Contains("'persistence.toml' line", finding.Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => reader.Store.GetConfiguration());
    }

    [Fact]
    public void A_bad_variable_refuses_opening_by_its_name()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        ConfiguredStore.Create(host, Told.AtOpening).Dispose();
        host = host with { Environment = new Dictionary<string, string> { ["PERSISTENCE_COMPRESSION_LEVEL"] = "20" } };
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => ConfiguredStore.Open(host));
        Assert.Equal("Environment variable PERSISTENCE_COMPRESSION_LEVEL: compression.level is 20; allowed: 1 to 19.", refused.Message);
    }

    [Fact]
    public void A_file_that_turns_bad_while_opening_waits_for_the_lock_refuses_it()
    {
        SimulatedFileSystem disk = new();
        ConfiguredStore.Create(TestStore.HostFor(disk), Told.AtOpening).Dispose();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Open && operation.Path == StoreLock.FileName)
                ConfiguredStore.WriteFile(disk, Bad);
            return null;
        });
        Assert.Throws<ConfigurationException>(() => ConfiguredStore.Open(TestStore.HostFor(files)));
        ConfiguredStore.WriteFile(disk, "");
        ConfiguredStore.Open(TestStore.HostFor(disk)).Dispose();
    }

    [Fact]
    public void A_program_that_gives_its_options_gets_those_whatever_the_file_says()
    {
        using TestStore store = TestStore.Create();
        ConfiguredStore.WriteFile(store.Files, Bad);
        store.Store.Close();
        using TestStore again = TestStore.Open(store.Files);
        Assert.Equal(TestStore.SmallOptions, again.Store.Options);
        Assert.Equal(TestStore.SmallOptions, again.Store.ReloadConfiguration().Options);
        Assert.All(again.Store.GetConfiguration().Values.Where(value => value.Key.IsOfStore), value => Assert.Equal(ConfigurationSource.Parameter, value.Source));
        Assert.Empty(again.Store.CheckHealth().Findings);
    }

    [Fact]
    public void A_file_far_too_large_is_refused()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        ConfiguredStore.Create(host, Told.AtOpening).Dispose();
        ConfiguredStore.WriteFile(host.Files, new string('#', ConfigurationText.BytesMax + 1));
        Assert.Equal("persistence.toml", Assert.Throws<ConfigurationException>(() => ConfiguredStore.Open(host)).File);
    }

    /// <summary>The mode changes at a moment when nothing is gathered: no commit falls between being applied when it is sequenced and when it is flushed.</summary>
    [Fact]
    public async Task Whoever_commits_while_the_mode_changes_sees_what_was_committed()
    {
        using ConfiguredStore store = ConfiguredStore.Create(Told.AtOpening, ("durability.mode", "sync"));
        string[] modes = ["none", "sync", "batch", "sync"];
        int changes = 0;
        bool isOver = false;
        Task[] writers = [.. Enumerable.Range(0, 4).Select(writer => Task.Run(() => CommitUntil(store, $"k{writer}", () => Volatile.Read(ref isOver))))];
        while (changes < 200)
        {
            ConfiguredStore.WriteFile(store.Host.Files, ConfiguredStore.TextOf(("durability.mode", modes[changes++ % modes.Length])));
            store.Store.ReloadConfiguration();
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(writers);
        string[] values = [.. Enumerable.Range(0, 4).Select(writer => TestStore.Decode(store.KeyValue.Find($"k{writer}")!.Value))];
        store.Store.Close();
        using TestStore again = TestStore.Open(store.Host.Files);
        Assert.Equal(values, Enumerable.Range(0, 4).Select(writer => again.Get($"k{writer}")));
    }

    private static void CommitUntil(ConfiguredStore store, string key, Func<bool> isOver)
    {
        for (int i = 0; i == 0 || !isOver(); i++)
        {
            if (i % 3 == 2)
            {
                KeyValueBatch batch = new();
                batch.Set(key, TestStore.Encode($"{i}"));
                store.KeyValue.CommitAsync(batch).AsTask().GetAwaiter().GetResult();
            }
            else
            {
                store.Set(key, $"{i}");
            }

            Assert.Equal($"{i}", TestStore.Decode(store.KeyValue.Find(key)!.Value));
        }
    }

    private static string ContentOf(SimulatedFileSystem files)
    {
        StoreImage image = StoreImage.Of(files);
        return string.Join('\n', image.Paths.Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(image[path]))}"));
    }

    private static StoreHost Watched(ManualClock clock) => TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock) with { Scheduler = new WatchedScheduler() };

    private static void Await(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, BackgroundCall.Patience), "It does not happen.");

    private static void AwaitAdvancing(ManualClock clock, Func<bool> condition) => Await(() =>
    {
        clock.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });
}
