using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Going back to what is only in the archive any more, and what is archived of a history with branches.</summary>
public class ArchivedPastTests
{
    private static readonly StoreOptions _options = TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointsRetained = 1, ArchiveLog = true };

    [Fact]
    public void Every_commit_can_be_gone_back_to_as_long_as_the_archive_has_it()
    {
        SimulatedFileSystem files = new();
        List<(Lsn Last, string State)> history = Write(files, rounds: 6);
        Assert.True(ArchiveCatalog.List(files).Count > 3);
        foreach ((Lsn last, string state) in history)
        {
            using TestStore past = TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(last));
            Assert.Equal(state, past.Dump());
        }
    }

    [Fact]
    public void Going_back_in_place_to_what_is_archived_leaves_a_store_that_goes_on_from_there()
    {
        SimulatedFileSystem files = new();
        List<(Lsn Last, string State)> history = Write(files, rounds: 6);
        (Lsn last, string state) = history[5];
        using (TestStore store = TestStore.Open(files, _options, target: RecoveryTarget.ToLsn(last)))
        {
            Assert.Equal(state, store.Dump());
            store.Set("new", "1");
            store.Store.TakeCheckpoint();
        }

        using TestStore again = TestStore.Open(files, _options);
        Assert.Equal("1", again.Get("new"));
        Assert.Equal(state, again.Dump().Replace("new=1;", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_a_segment_that_was_left_in_its_middle_the_archive_keeps_all_and_readers_get_what_counts()
    {
        SimulatedFileSystem files = new();
        StoreOptions kept = _options with { LogRetainBytes = 1 << 30 };
        Lsn fork;
        using (TestStore store = TestStore.Create(files, kept))
        {
            store.Store.AppendRecord("note", TestStore.Encode("before"));
            fork = store.Set("a", "1").First;
            store.Store.AppendRecord("note", TestStore.Encode("left"));
            store.Set("a", "2");
        }

        using (TestStore store = TestStore.Open(files, kept, target: RecoveryTarget.ToLsn(fork)))
        {
            store.Store.AppendRecord("note", TestStore.Encode("after"));
            store.Store.RotateLog();
            store.Set("b", "1");
            store.Store.TakeCheckpoint();
            store.Store.Compact(new CompactionRequest { LogBytes = 0 });
        }

        Assert.NotEmpty(ArchiveCatalog.List(files));
        using TestStore again = TestStore.OpenReadOnly(files);
        Assert.Equal(["before", "after"], ArchiveStore.ReadRecords(again));
        Assert.Equal("a=1;b=1;", again.Dump());
    }

    [Fact]
    public void A_history_that_was_left_can_be_gone_back_to_where_only_the_archive_has_its_end()
    {
        SimulatedFileSystem files = new();
        StoreOptions kept = _options with { LogRetainBytes = 1 << 30 };
        Lsn fork;
        Lsn left;
        using (TestStore store = TestStore.Create(files, kept))
        {
            fork = store.Set("a", "1").First;
            store.Store.RotateLog();
            left = store.Set("a", "left").First;
            store.Set("b", "left");
        }

        using (TestStore store = TestStore.Open(files, kept, target: RecoveryTarget.ToLsn(fork)))
        {
            store.Store.RotateLog();
            store.Set("c", "1");
            store.Store.TakeCheckpoint();
            store.Store.Compact(new CompactionRequest { LogBytes = 0 });
        }

        Assert.Contains(ArchiveCatalog.List(files), name => name.First < left && left < name.End && name.Sequence == 2);
        Assert.DoesNotContain(files.List("wal"), entry => entry.Name == "0000000002.wal");
        using (TestStore past = TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(left)))
            Assert.Equal("a=left;", past.Dump());
        Assert.Equal(StoreError.PositionNotInLog, Assert.Throws<UnreachableTargetException>(() => TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(left + 10_000))).Error);
    }

    [Fact]
    public void A_first_segment_without_a_frame_stays_in_the_archive_while_the_state_is_rebuilt_from_the_beginning()
    {
        SimulatedFileSystem files = new();
        StoreOptions kept = _options with { ArchiveRetainFiles = 1 };
        Lsn past;
        using (TestStore.Create(files, _options))
            files = files.CrashImage(CrashImageKind.KeepEverything);
        using (TestStore store = TestStore.Open(files, _options))
        {
            past = store.Set("a", "1").First;
            store.Store.RotateLog();
            store.Set("b", "1");
            store.Store.TakeCheckpoint();
        }

        Assert.Equal(2, ArchiveCatalog.List(files).Count);
        using (TestStore store = TestStore.Open(files, kept, target: RecoveryTarget.ToLsn(past)))
        {
            store.Set("c", "1");
            store.Store.Close();
        }

        using TestStore again = TestStore.Open(files, kept);
        Assert.Equal("a=1;c=1;", again.Dump());
    }

    [Fact]
    public void What_led_to_a_history_that_was_left_and_was_retired_is_not_called_missing()
    {
        SimulatedFileSystem files = new();
        Lsn past;
        Lsn left;
        using (TestStore store = TestStore.Create(files, _options))
        {
            past = store.Set("a", "1").First;
            store.Store.RotateLog();
            store.Set("a", "left");
            store.Store.TakeCheckpoint();
        }

        using (TestStore store = TestStore.Open(files, _options with { ArchiveLog = false }))
        {
            store.Store.RotateLog();
            left = store.Set("a", "left too").First;
            store.Store.TakeCheckpoint();
        }

        using (TestStore store = TestStore.Open(files, _options, target: RecoveryTarget.ToLsn(past)))
            store.Set("b", "1");
        Assert.Equal(StoreError.LogTruncated, Assert.Throws<UnreachableTargetException>(() => TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(left))).Error);
    }

    private static List<(Lsn Last, string State)> Write(SimulatedFileSystem files, int rounds)
    {
        List<(Lsn, string)> history = [];
        using TestStore store = TestStore.Create(files, _options);
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < 5; i++)
                history.Add((store.Set($"k{i}", $"{round} ".PadRight(4000, 'x')).First, store.Dump()));
            history.Add((store.KeyValue.Delete($"k{round % 5}").First, store.Dump()));
            store.Store.RotateLog();
            store.Set("z", $"{round}");
            store.Store.TakeCheckpoint();
        }

        store.Store.Close();
        return history;
    }
}
