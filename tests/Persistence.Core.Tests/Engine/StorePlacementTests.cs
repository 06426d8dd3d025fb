using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Repair;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Stores whose log, checkpoints and archive lie on other disks.</summary>
public class StorePlacementTests
{
    private static readonly StoreOptions _spread = TestStore.SmallOptions with
    {
        SegmentBytes = 32 << 10, CheckpointsRetained = 1, ArchiveLog = true, LogDirectory = "/fast", CheckpointDirectory = "/large", ArchiveDirectory = "/large",
    };

    [Fact]
    public void Each_directory_lies_where_it_is_wanted_and_nothing_of_it_in_the_store()
    {
        Disks disks = new();
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            Write(store);
        Assert.DoesNotContain(disks.Main.List(""), entry => entry.Name is "wal" or "checkpoints" or "archive");
        Assert.NotEmpty(disks.Of("/fast").List("wal"));
        Assert.NotEmpty(disks.Of("/large").List("checkpoints"));
        Assert.NotEmpty(disks.Of("/large").List("archive"));
        Assert.Contains(disks.Of("/fast").List(""), entry => entry.Name == "IDENTITY");
        Assert.Empty(disks.Of("/fast").List("staging"));
    }

    [Fact]
    public void Readers_and_writers_that_are_told_nothing_find_everything()
    {
        Disks disks = new();
        string state;
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            state = Write(store);
        KeyValueState read = new();
        using (PersistenceStore reader = PersistenceStore.OpenReadOnly(disks.Host, [read]))
            Assert.Equal(7, read.Count);
        Assert.True(StoreInspector.Inspect(disks.Host).IsHealthy);
        Assert.All(PersistenceStore.VerifyCheckpoints(disks.Host), found => Assert.True(found.IsUsable));
        using (LogTail tail = PersistenceStore.Tail(disks.Host, Lsn.None))
            Assert.NotNull(tail.TryRead());
        using TestStore again = TestStore.Open(disks.Host, TestStore.SmallOptions);
        Assert.Equal(state, again.Dump());
        again.Set("more", "1");
        again.Store.TakeCheckpoint();
        Assert.True(again.Store.CheckHealth().Status == HealthStatus.Healthy);
    }

    [Fact]
    public void An_original_for_which_the_quarantine_has_no_room_leaves_no_copy_in_staging()
    {
        Disks disks = new();
        using TestStore store = TestStore.Create(disks.Host, TestStore.SmallOptions with { LogDirectory = "/fast" });
        store.Set("a", "1");
        Disks cut = disks.Copy(CrashImageKind.KeepEverything);
        cut.Main.CapacityBytes = long.MaxValue - cut.Main.GetFreeBytes() + (20 << 10);
        try
        {
            TestStore.Open(cut.Host, TestStore.SmallOptions).Dispose();
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull)
        {
            // It may be refused, and is whole.
        }

        Assert.Empty(cut.Of("/fast").List("staging"));
        cut.Main.CapacityBytes = long.MaxValue;
        using TestStore again = TestStore.Open(cut.Host, TestStore.SmallOptions);
        Assert.Equal("1", again.Get("a"));
    }

    [Fact]
    public void Killed_at_any_moment_it_recovers()
    {
        Disks disks = new();
        List<(Disks Image, string State, string Possible)> images = [];
        string state = "", possible = "";
        disks.Watch = () => images.Add((disks.Copy(images.Count % 2 == 0 ? CrashImageKind.DropPending : CrashImageKind.KeepEverything), state, possible));
        PersistenceStore.Create(disks.Host, _spread);
        using (TestStore store = TestStore.Open(disks.Host, _spread))
        {
            for (int i = 0; i < 24; i++)
            {
                possible = $"{state}k{i:D2}={new string('x', 3000)};";
                store.Set($"k{i:D2}", new string('x', 3000));
                state = possible;
                if (i % 6 == 5)
                    store.Store.TakeCheckpoint();
            }
        }

        disks.Watch = null;
        Assert.True(images.Count > 200);
        for (int i = 0; i < images.Count; i += 3)
        {
            (Disks image, string had, string mayHave) = images[i];
            if (!image.Main.List("").Any(entry => entry.Name == "ROOT"))
                continue;
            using TestStore again = TestStore.Open(image.Host, _spread);
            Assert.Contains(again.Dump(), new[] { had, mayHave });
            again.Set("after", "1");
        }
    }

    [Fact]
    public void A_place_that_is_empty_or_another_store_s_is_refused_and_nothing_is_changed()
    {
        Disks disks = new();
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            Write(store);
        Disks other = new() { Seed = 2 };
        using (TestStore store = TestStore.Create(other.Host, _spread))
            Write(store);
        foreach (SimulatedFileSystem instead in (SimulatedFileSystem[])[new(), other.Of("/fast")])
        {
            Disks mounted = disks.Copy();
            mounted.Put("/fast", instead);
            StoreException refusal = Assert.Throws<StoreException>(() => TestStore.Open(mounted.Host, _spread));
            Assert.Equal(StoreError.StoreMismatch, refusal.Error);
            Assert.Contains("/fast", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => PersistenceStore.OpenReadOnly(mounted.Host, [new KeyValueState()])).Error);
        }
    }

    [Fact]
    public void A_store_takes_a_new_place_once_its_files_are_there_and_not_before()
    {
        Disks disks = new();
        string state;
        using (TestStore store = TestStore.Create(disks.Host, TestStore.SmallOptions))
            state = Write(store);
        StoreOptions moved = TestStore.SmallOptions with { LogDirectory = "/fast", CheckpointDirectory = "/fast" };
        Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => TestStore.Open(disks.Host, moved)).Error);
        using (TestStore unchanged = TestStore.Open(disks.Host, TestStore.SmallOptions))
            Assert.Equal(state, unchanged.Dump());
        Disks.Move("wal", disks.Main, disks.Of("/fast"));
        Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => TestStore.Open(disks.Host, moved)).Error);
        Disks.Move("checkpoints", disks.Main, disks.Of("/fast"));
        using (TestStore store = TestStore.Open(disks.Host, moved))
        {
            Assert.Equal(state, store.Dump());
            store.Set("there", "1");
            state = store.Dump();
        }

        // The whole place under another path, then back into the store.
        disks.Put("/faster", disks.Of("/fast"));
        disks.Put("/fast", new SimulatedFileSystem());
        using (TestStore store = TestStore.Open(disks.Host, TestStore.SmallOptions with { LogDirectory = "/faster", CheckpointDirectory = "/faster" }))
            Assert.Equal(state, store.Dump());
        StoreOptions inside = TestStore.SmallOptions with { LogDirectory = ".", CheckpointDirectory = "." };
        Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => TestStore.Open(disks.Host, inside)).Error);
        Disks.Move("wal", disks.Of("/faster"), disks.Main);
        Disks.Move("checkpoints", disks.Of("/faster"), disks.Main);
        using TestStore back = TestStore.Open(disks.Host, inside);
        Assert.Equal(state, back.Dump());
    }

    [Fact]
    public void An_archive_that_is_not_there_yet_can_begin_elsewhere_and_the_refusal_says_how()
    {
        Disks disks = new();
        using (TestStore store = TestStore.Create(disks.Host, TestStore.SmallOptions))
            Write(store);
        StoreOptions archived = _spread with { LogDirectory = "", CheckpointDirectory = "" };
        StoreException refusal = Assert.Throws<StoreException>(() => TestStore.Open(disks.Host, archived));
        Assert.Equal(StoreError.StoreMismatch, refusal.Error);
        Assert.Contains("make an empty directory 'archive' there", refusal.Message, StringComparison.Ordinal);
        disks.Of("/large").CreateDirectory("archive");
        using (TestStore store = TestStore.Open(disks.Host, archived))
            Write(store);
        Assert.NotEmpty(disks.Of("/large").List("archive"));
    }

    [Fact]
    public void A_place_that_is_not_there_is_no_missing_store()
    {
        Disks disks = new();
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            Write(store);
        StoreHost host = disks.Host with { Elsewhere = static (path, _) => throw new StoreException(StoreError.StoreNotFound, path) };
        StoreException refusal = Assert.Throws<StoreException>(() => TestStore.Open(host, _spread));
        Assert.Equal(StoreError.StoreMismatch, refusal.Error);
        ErrorCorrelator errors = new(TimeProvider.System);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(errors.Report(refusal, "store")));
    }

    [Fact]
    public void The_archive_of_another_store_is_never_taken_for_this_one_s()
    {
        Disks disks = new();
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            Write(store);
        Disks inside = new() { Seed = 3 };
        using (TestStore store = TestStore.Create(inside.Host, _spread with { LogDirectory = "", CheckpointDirectory = "", ArchiveDirectory = "" }))
            Write(store);
        Disks other = new() { Seed = 2 };
        using (TestStore store = TestStore.Create(other.Host, TestStore.SmallOptions))
            Write(store);
        other.Put("/large", disks.Of("/large"));
        other.Put("/store", inside.Main);
        foreach (string place in (string[])["/large", "/store"])
        {
            StoreImage before = StoreImage.Of(other.Of(place));
            StoreException refusal = Assert.Throws<StoreException>(() => TestStore.Open(other.Host, TestStore.SmallOptions with { ArchiveLog = true, ArchiveRetainFiles = 1, ArchiveDirectory = place }));
            Assert.Equal(StoreError.StoreMismatch, refusal.Error);
            Assert.Contains(place, refusal.Message, StringComparison.Ordinal);
            Assert.Null(before.FindDifference(StoreImage.Of(other.Of(place))));
        }
    }

    [Fact]
    public void No_store_is_created_in_the_place_of_another_one()
    {
        Disks disks = new();
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            Write(store);
        Disks other = new() { Seed = 2 };
        other.Put("/large", disks.Of("/large"));
        other.Put("/store", disks.Main);
        foreach (StoreOptions options in (StoreOptions[])[TestStore.SmallOptions with { ArchiveDirectory = "/large" }, TestStore.SmallOptions with { CheckpointDirectory = "/store" }])
            Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => PersistenceStore.Create(other.Host, options)).Error);
        using TestStore unharmed = TestStore.Open(disks.Host, _spread);
        Assert.Equal(7, unharmed.KeyValue.Count);
    }

    [Fact]
    public void A_creation_cut_short_is_completed_in_the_places_it_had_begun_in()
    {
        Disks disks = new();
        List<Disks> images = [];
        disks.Watch = () => images.AddRange([disks.Copy(CrashImageKind.DropPending), disks.Copy(CrashImageKind.KeepEverything)]);
        PersistenceStore.Create(disks.Host, _spread);
        foreach (Disks image in images.Where(static image => !image.HasRoot))
        {
            List<Disks> again = [];
            image.Watch = () => again.AddRange([image.Copy(CrashImageKind.DropPending), image.Copy(CrashImageKind.KeepEverything)]);
            PersistenceStore.Create(image.Host, _spread);
            Assert.Empty(image.Main.List("staging"));
            // And cut short once more.
            foreach (Disks twice in again.Where(static twice => !twice.HasRoot).Where(static (_, index) => index % 5 == 0))
                PersistenceStore.Create(twice.Host, _spread);
            using TestStore store = TestStore.Open(image.Host, _spread);
            store.Set("a", "1");
        }
    }

    [Fact]
    public void A_creation_cut_short_is_completed_in_no_other_store_s_place()
    {
        Disks disks = new();
        StoreOptions archived = TestStore.SmallOptions with { ArchiveDirectory = "/large" };
        PersistenceStore.Create(disks.Host, archived);
        Disks other = new() { Seed = 2 };
        List<Disks> images = [];
        other.Watch = () => images.Add(other.Copy(CrashImageKind.KeepEverything));
        PersistenceStore.Create(other.Host, TestStore.SmallOptions);
        foreach (Disks begun in images.Where(static image => !image.HasRoot))
        {
            begun.Put("/large", disks.Of("/large"));
            Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => PersistenceStore.Create(begun.Host, archived)).Error);
        }

        TestStore.Open(disks.Host, archived).Dispose();
    }

    [Fact]
    public void What_was_cut_short_in_any_place_is_removed_by_the_next_opening()
    {
        Disks disks = new();
        PersistenceStore.Create(disks.Host, _spread);
        // A copy on its way out of the log's place, names of places, and something else.
        (SimulatedFileSystem Place, string Name)[] leftovers = [(disks.Main, "0000000009-0000000001.wal"), (disks.Of("/fast"), "IDENTITY"), (disks.Of("/large"), "IDENTITY"), (disks.Main, "anything")];
        foreach ((SimulatedFileSystem place, string name) in leftovers)
            place.Open($"staging/{name}", FileIntent.CreateNew).Dispose();
        TestStore.Open(disks.Host, _spread).Dispose();
        Assert.All(leftovers, static left => Assert.Empty(left.Place.List("staging")));
    }

    [Fact]
    public void A_store_takes_back_the_place_that_it_had_left()
    {
        Disks disks = new();
        string state;
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            state = Write(store);
        StoreOptions inside = _spread with { ArchiveDirectory = "." };
        Disks.Move("archive", disks.Of("/large"), disks.Main);
        using (TestStore store = TestStore.Open(disks.Host, inside))
            Assert.Equal(state, store.Dump());
        Disks.Move("archive", disks.Main, disks.Of("/large"));
        using TestStore again = TestStore.Open(disks.Host, _spread);
        Assert.Equal(state, again.Dump());
    }

    [Fact]
    public void A_foreign_file_in_a_place_is_moved_away_by_a_repair()
    {
        Disks disks = new();
        string state;
        using (TestStore store = TestStore.Create(disks.Host, _spread))
            state = Write(store);
        using TestStore third = TestStore.Create(TestStore.DeterministicHostFor(new SimulatedFileSystem(), seed: 99));
        byte[] foreign = StoreImage.Of(third.Files)["wal/0000000001.wal"];
        using (IFile file = disks.Of("/fast").Open("wal/0000000900.wal", FileIntent.CreateNew))
            file.Write(foreign, 0);
        Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => TestStore.Open(disks.Host, _spread)).Error);
        RepairReport report = StoreRepair.Run(disks.Host, new RepairRequest { Mode = RepairMode.Quarantine, Models = static () => [new KeyValueState()] });
        Assert.Single(report.Quarantined);
        using TestStore again = TestStore.Open(disks.Host, _spread);
        Assert.Equal(state, again.Dump());
    }

    [Fact]
    public void A_full_disk_of_the_archive_does_not_keep_the_log_s_disk_from_being_held_in_reserve()
    {
        Disks disks = new();
        disks.Of("/archive").CapacityBytes = 64 << 10;
        using TestStore store = TestStore.Create(disks.Host, TestStore.SmallOptions with { ArchiveDirectory = "/archive", ReserveBallastBytes = 256 << 10 });
        Assert.Null(store.Store.GetStatus().Degraded);
        Assert.Contains(disks.Main.List("wal"), static entry => entry.Name == "ballast");
    }

    private static string Write(TestStore store)
    {
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 7; i++)
                store.Set($"k{i}", $"{round} ".PadRight(3000, 'x'));
            store.Store.TakeCheckpoint();
        }

        store.Store.Close();
        return store.Dump();
    }

    /// <summary>A store's directory and other places, each on a disk of its own.</summary>
    private sealed class Disks
    {
        private readonly Dictionary<string, SimulatedFileSystem> _places;

        public Disks() : this(new SimulatedFileSystem(), [])
        {
        }

        private Disks(SimulatedFileSystem main, Dictionary<string, SimulatedFileSystem> places)
        {
            Main = main;
            _places = places;
        }

        public SimulatedFileSystem Main { get; }

        public ulong Seed { get; init; } = 1;

        /// <summary>Called before each operation on any of them.</summary>
        public Action? Watch { get; set; }

        public StoreHost Host => TestStore.DeterministicHostFor(Watched(Main), Seed) with { Elsewhere = (path, _) => Watched(Of(path)) };

        public SimulatedFileSystem Of(string path)
        {
            if (!_places.TryGetValue(path, out SimulatedFileSystem? place))
                _places[path] = place = new SimulatedFileSystem();
            return place;
        }

        public void Put(string path, SimulatedFileSystem place) => _places[path] = place;

        public bool HasRoot => Main.List("").Any(static entry => entry.Name == "ROOT");

        /// <summary>As a power cut at this moment leaves them, at worst; or as a kill does. Who comes next has other random numbers.</summary>
        public Disks Copy(CrashImageKind kind = CrashImageKind.DropPending) =>
            new(Main.CrashImage(kind), _places.ToDictionary(place => place.Key, place => place.Value.CrashImage(kind))) { Seed = Seed + 1 };

        /// <summary>As a person does with nobody there: copies, syncs, deletes.</summary>
        public static void Move(string directory, SimulatedFileSystem from, SimulatedFileSystem to)
        {
            to.CreateDirectory(directory);
            foreach (FileEntry entry in from.List(directory).ToArray())
            {
                string path = $"{directory}/{entry.Name}";
                using (IFile source = from.Open(path, FileIntent.Read))
                using (IFile copy = to.Open(path, FileIntent.CreateNew))
                {
                    byte[] content = new byte[source.GetLength()];
                    source.Read(content, 0);
                    copy.Write(content, 0);
                    copy.Sync();
                }

                from.Delete(path);
            }

            to.SyncDirectory(directory);
            to.SyncDirectory("");
        }

        private IFileSystem Watched(SimulatedFileSystem disk) => Watch is null ? disk : new FaultInjectingFileSystem(disk, (in StorageOperation _) =>
        {
            Watch?.Invoke();
            return null;
        });
    }
}
