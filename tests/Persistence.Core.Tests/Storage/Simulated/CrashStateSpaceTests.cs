using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class CrashStateSpaceTests
{
    public static TheoryData<string> Profiles => [.. CrashProfile.All.Select(profile => profile.Name)];

    [Fact]
    public void Keeping_all_and_dropping_all_are_what_the_disk_itself_says()
    {
        SimulatedFileSystem recorded = new();
        TraceRecorder recorder = recorded.StartRecording();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(recorded));
        for (int i = 0; i < 20; i++)
            store.Set($"k{i % 5}", new string('x', 300 * i));
        store.Store.TakeCheckpoint();
        store.Set("a", "1");
        CrashStateSpace space = new(recorder.ToTrace(), CrashProfile.PosixMin);
        CrashChoice choice = new(space.Micros.Count) { Cut = recorder.ToTrace().End };
        Assert.Null(StoreImage.Of(space.At(choice).ToFileSystem()).FindDifference(StoreImage.Of(recorded.CrashImage(CrashImageKind.DropPending))));
        Array.Fill(choice.Keeps, true);
        Assert.Null(StoreImage.Of(space.At(choice).ToFileSystem()).FindDifference(StoreImage.Of(recorded.CrashImage(CrashImageKind.KeepEverything))));
    }

    [Fact]
    public void Of_unsynced_writes_any_may_be_missing()
    {
        CrashStates states = WithFile("f", 2);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        file.Write("b"u8, 1);
        Assert.Equal(["f=.2", "f=.b", "f=a.", "f=ab"], states.All(CrashProfile.PosixMin));
        Assert.Equal(["f=.2", "f=.b", "f=a.", "f=ab"], states.All(CrashProfile.OrderedMetadata));
    }

    [Fact]
    public void An_overwrite_that_is_missing_leaves_any_earlier_version()
    {
        CrashStates states = WithFile("f", 1);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        file.Write("b"u8, 0);
        Assert.Equal(["f=.", "f=a", "f=b"], states.All(CrashProfile.PosixMin));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void What_was_synced_is_there_but_for_a_disk_that_lies(string profile)
    {
        CrashStates states = WithFile("f", 1);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        file.SyncData();
        string[] expected = profile == "lying-disk" ? ["f=.", "f=a"] : ["f=a"];
        Assert.Equal(expected, states.All(CrashProfile.Find(profile)!));
    }

    [Fact]
    public void A_lying_disk_forgets_its_last_syncs_and_no_earlier_ones()
    {
        CrashStates states = WithFile("f", 3);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        for (int i = 0; i < 3; i++)
        {
            file.Write([(byte)('a' + i)], i);
            file.SyncData();
        }

        Assert.Equal(["f=a.2", "f=a.c", "f=ab.", "f=abc"], states.All(CrashProfile.LyingDisk));
    }

    [Fact]
    public void A_sync_makes_durable_what_had_returned_when_it_began()
    {
        CrashStates states = WithFile("f", 1);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        long afterWrite = states.Recorder.Mark();
        file.SyncData();
        Assert.Equal(["f=.", "f=a"], states.All(CrashProfile.PosixMin, afterWrite));
        // Begun and not returned: nothing is promised yet.
        Assert.Equal(["f=.", "f=a"], states.All(CrashProfile.PosixMin, afterWrite + 2));
        Assert.Equal(["f=a"], states.All(CrashProfile.PosixMin));
    }

    [Fact]
    public void A_write_that_a_sync_overlaps_is_not_covered_by_it()
    {
        SimulatedFileSystem disk = new();
        using IFile file = disk.Open("f", FileIntent.CreateNew);
        file.Allocate(1);
        file.Sync();
        disk.SyncDirectory("");
        bool syncs = true;
        // In the middle of the write, somebody else syncs.
        TraceRecorder recorder = disk.StartRecording(() =>
        {
            if (!syncs)
                return;
            syncs = false;
            file.SyncData();
        });
        file.Write("a"u8, 0);
        DiskTrace trace = recorder.ToTrace();
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        Assert.Single(space.PendingAt(trace.End));
    }

    [Fact]
    public void A_name_needs_its_directory_synced_and_the_bytes_their_file()
    {
        CrashStates states = WithDirectory("d");
        using IFile file = states.Disk.Open("d/f", FileIntent.CreateNew);
        file.Write("a"u8, 0);
        file.Sync();
        Assert.Equal(["d/", "d/ d/f=a"], states.All(CrashProfile.PosixMin));
        states.Disk.SyncDirectory("d");
        Assert.Equal(["d/ d/f=a"], states.All(CrashProfile.PosixMin));
    }

    [Fact]
    public void Where_names_come_in_order_a_later_one_is_not_there_without_an_earlier_one()
    {
        CrashStates states = WithDirectory("d");
        states.Disk.Open("d/a", FileIntent.CreateNew).Dispose();
        states.Disk.Open("d/b", FileIntent.CreateNew).Dispose();
        Assert.Contains("d/ d/b=", states.All(CrashProfile.PosixMin));
        Assert.Equal(["d/", "d/ d/a=", "d/ d/a= d/b="], states.All(CrashProfile.OrderedMetadata));
    }

    [Fact]
    public void Where_any_sync_commits_names_those_of_another_directory_are_there()
    {
        CrashStates states = WithDirectory("d");
        states.Disk.Open("d/a", FileIntent.CreateNew).Dispose();
        using IFile other = states.Disk.Open("b", FileIntent.CreateNew);
        other.Sync();
        Assert.Equal(["b= d/ d/a="], states.All(CrashProfile.Ext4Ordered));
        Assert.Contains("d/", states.All(CrashProfile.OrderedMetadata));
    }

    [Fact]
    public void A_size_comes_with_its_bytes_where_that_is_promised()
    {
        CrashStates states = WithFile("f", 0);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("ab"u8, 0);
        Assert.Equal(["f=", "f=.2", "f=ab"], states.All(CrashProfile.PosixMin));
        Assert.Equal(["f=", "f=ab"], states.All(CrashProfile.OrderedMetadata));
        Assert.Contains("f=?2", states.All(CrashProfile.Ext4Writeback, staleBytes: true));
    }

    [Fact]
    public void A_rename_of_an_unsynced_file_leaves_it_empty_on_ext4_unless_it_replaces_one()
    {
        CrashStates states = WithDirectory("d");
        using (IFile file = states.Disk.Open("d/new", FileIntent.CreateNew))
            file.Write("a"u8, 0);
        states.Disk.Rename("d/new", "d/f");
        Assert.Contains("d/ d/f=", states.All(CrashProfile.Ext4Ordered));
        Assert.DoesNotContain("d/ d/f=", states.All(CrashProfile.OrderedMetadata));

        CrashStates replacing = CrashStates.On(disk =>
        {
            MakeDirectory(disk, "d");
            using IFile old = disk.Open("d/f", FileIntent.CreateNew);
            old.Write("b"u8, 0);
            old.Sync();
        });
        using (IFile file = replacing.Disk.Open("d/new", FileIntent.CreateNew))
            file.Write("a"u8, 0);
        replacing.Disk.Rename("d/new", "d/f");
        Assert.DoesNotContain("d/ d/f=", replacing.All(CrashProfile.Ext4Ordered));
        Assert.Contains("d/ d/f=a", replacing.All(CrashProfile.Ext4Ordered));
    }

    [Fact]
    public void A_rename_between_directories_is_two_steps_where_nothing_else_is_promised()
    {
        CrashStates states = CrashStates.On(disk =>
        {
            MakeDirectory(disk, "c");
            MakeDirectory(disk, "d");
            disk.Open("c/f", FileIntent.CreateNew).Dispose();
        });
        states.Disk.Rename("c/f", "d/f");
        Assert.Equal(["c/ c/f= d/", "c/ c/f= d/ d/f=", "c/ d/", "c/ d/ d/f="], states.All(CrashProfile.PosixMin));
        Assert.Equal(["c/ c/f= d/", "c/ d/ d/f="], states.All(CrashProfile.OrderedMetadata));
    }

    [Fact]
    public void A_cut_file_may_have_its_old_size_and_what_is_cut_off_does_not_come_back()
    {
        CrashStates states = CrashStates.On(disk =>
        {
            using IFile file = disk.Open("f", FileIntent.CreateNew);
            file.Write("abc"u8, 0);
            file.Sync();
        });
        using IFile cut = states.Disk.Open("f", FileIntent.ReadWrite);
        cut.SetLength(1);
        cut.SetLength(3);
        Assert.Equal(["f=a", "f=a.2", "f=abc"], states.All(CrashProfile.PosixMin));
    }

    [Fact]
    public void A_file_of_two_names_is_one_file()
    {
        CrashStates states = WithFile("f", 1);
        states.Disk.Link("f", "g");
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        file.SyncData();
        Assert.Equal(["f=a", "f=a g=a"], states.All(CrashProfile.PosixMin));
    }

    [Fact]
    public void A_failed_sync_leaves_what_no_later_sync_makes_durable()
    {
        DiskTrace trace = TraceOf(DiskChangeKind.FailedSync);
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        // The first write, before the failure; the second one was synced.
        Assert.Equal(0, space.Micros[Assert.Single(space.PendingAt(trace.End))].Operation);
    }

    [Fact]
    public void A_sync_that_went_back_takes_what_was_pending_with_it()
    {
        DiskTrace trace = TraceOf(DiskChangeKind.RevertedSync);
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        Assert.Empty(space.PendingAt(trace.End));
        CrashChoice choice = new(space.Micros.Count) { Cut = trace.End };
        Array.Fill(choice.Keeps, true);
        Assert.Equal("f=.b", CrashStates.Describe(space.At(choice).ToFileSystem()));
    }

    [Fact]
    public void After_a_kill_what_was_pending_is_pending_still()
    {
        CrashStates states = WithFile("f", 2);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        DiskTrace before = states.Recorder.ToTrace();
        CrashStateSpace space = new(before, CrashProfile.PosixMin);
        CrashChoice kill = new(space.Micros.Count) { Cut = before.End };
        Array.Fill(kill.Keeps, true);
        SimulatedFileSystem after = space.At(kill).GoOn(before, before.End);
        using IFile again = after.Open("f", FileIntent.ReadWrite);
        again.Write("b"u8, 1);
        DiskTrace trace = after.Recorder!.ToTrace();
        Assert.Equal(2, new CrashStateSpace(trace, CrashProfile.PosixMin).PendingAt(trace.End).Count);
        again.SyncData();
        trace = after.Recorder.ToTrace();
        Assert.Empty(new CrashStateSpace(trace, CrashProfile.PosixMin).PendingAt(trace.End));
    }

    [Fact]
    public void Equal_disks_have_equal_hashes_and_others_others()
    {
        CrashStates states = WithFile("f", 2);
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("a"u8, 0);
        file.Write("b"u8, 1);
        file.Write("a"u8, 0);
        DiskTrace trace = states.Recorder.ToTrace();
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        Dictionary<ulong, string> seen = [];
        for (int subset = 0; subset < 8; subset++)
        {
            CrashChoice choice = new(3) { Cut = trace.End };
            for (int i = 0; i < 3; i++)
                choice.Keeps[i] = (subset & (1 << i)) != 0;
            CrashState state = space.At(choice);
            Assert.Equal(state.Hash, space.HashAt(choice));
            string described = CrashStates.Describe(state.ToFileSystem());
            Assert.Equal(described, seen.TryGetValue(state.Hash, out string? other) ? other : seen[state.Hash] = described);
        }

        Assert.Equal(4, seen.Count);
    }

    private static DiskTrace TraceOf(DiskChangeKind failure)
    {
        PagedContent content = new();
        content.Allocate(2);
        return new DiskTrace(
            [new TraceNode(new Dictionary<string, int> { ["f"] = 1 }), new TraceNode(content)],
            [
                new TraceOperation { Kind = DiskChangeKind.Write, Subject = 1, Enter = 0, Exit = 1, Position = 0, Data = "a"u8.ToArray(), SizeBefore = 2 },
                new TraceOperation { Kind = failure, Subject = 1, Enter = 2, Exit = 3 },
                new TraceOperation { Kind = DiskChangeKind.Write, Subject = 1, Enter = 4, Exit = 5, Position = 1, Data = "b"u8.ToArray(), SizeBefore = 2 },
                new TraceOperation { Kind = DiskChangeKind.SyncData, Subject = 1, Enter = 6, Exit = 7 },
            ],
            End: 8);
    }

    private static CrashStates WithFile(string name, int bytes) => CrashStates.On(disk =>
    {
        using IFile file = disk.Open(name, FileIntent.CreateNew);
        file.Allocate(bytes);
    });

    private static CrashStates WithDirectory(string name) => CrashStates.On(disk => MakeDirectory(disk, name));

    private static void MakeDirectory(SimulatedFileSystem disk, string name) => disk.CreateDirectory(name);
}
