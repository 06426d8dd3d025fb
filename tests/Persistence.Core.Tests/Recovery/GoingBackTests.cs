using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>What goes with going back: reports, refusals, retention, readers.</summary>
public sealed class GoingBackTests
{
    private static readonly BranchedHistory History = BranchedHistory.Instance;

    [Fact]
    public void The_report_says_what_was_asked_for_what_was_reached_and_how_much_is_left_out()
    {
        using TestStore now = TestStore.OpenReadOnly(History.Files);
        LogEntry[] log = [.. now.Store.ReadLog()];
        LogEntry target = log[^4];
        using TestStore store = TestStore.OpenReadOnly(History.Files, target: RecoveryTarget.ToTime(target.Timestamp));
        RecoveryReport report = store.Store.RecoveryReport;
        Assert.Equal(target.Timestamp, report.Target!.Time);
        Assert.Equal(target.Timestamp, report.ReachedTime);
        Assert.Equal(log.Count(entry => entry.Lsn >= report.ReachedLsn), report.RecordsLeftOut);
        Assert.Equal(log.Where(entry => entry.Lsn < report.ReachedLsn).Select(entry => entry.Lsn), store.Store.ReadLog().Select(entry => entry.Lsn));
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.HistoryLeft);
        Assert.Contains(report.Actions, action => action.Contains("branch", StringComparison.Ordinal));
        Assert.False(report.Applied);
    }

    [Fact]
    public void Opening_at_a_target_for_reading_changes_nothing()
    {
        SimulatedFileSystem files = History.Copy();
        StoreImage before = StoreImage.Of(files);
        using (TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(History.Commits[4].Lsn)))
            Assert.Null(StoreImage.Of(files).FindDifference(before));
    }

    [Fact]
    public void A_target_that_cannot_be_reached_is_refused_and_nothing_is_changed()
    {
        SimulatedFileSystem files = History.Copy();
        StoreImage before = StoreImage.Of(files);
        Lsn end = History.Frames[^1].To;
        foreach (RecoveryTarget target in (RecoveryTarget[])[RecoveryTarget.ToLsn(end + 1), RecoveryTarget.ToLsn(Lsn.None), RecoveryTarget.ToTime(ManualClock.Start.AddDays(-1))])
        {
            UnreachableTargetException refused = Assert.Throws<UnreachableTargetException>(() => TestStore.Open(files, BranchedHistory.Options, target: target));
            Assert.Equal(StoreError.PositionNotInLog, refused.Error);
            Assert.True(refused.ReachableFrom < refused.ReachableTo);
        }

        Assert.Equal(StoreError.CheckpointNotFound, Assert.Throws<StoreException>(() => TestStore.Open(files, BranchedHistory.Options, target: RecoveryTarget.ToCheckpoint(99))).Error);
        Assert.Null(StoreImage.Of(files).FindDifference(before));
    }

    [Fact]
    public void What_retention_took_is_LogTruncated_and_the_oldest_state_left_can_be_gone_back_to()
    {
        SimulatedFileSystem files = new();
        List<(Lsn Lsn, string State)> commits = [];
        using (TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files), SampleStore.DropLog))
        {
            for (int i = 0; i < 60; i++)
            {
                commits.Add((store.Set($"k{i % 7}", $"{i}".PadRight(3000, 'x')).First, store.Dump()));
                if (i % 10 == 9)
                    store.Store.TakeCheckpoint();
            }
        }

        int reached = 0;
        Lsn? oldest = null;
        foreach ((Lsn lsn, string state) in commits)
        {
            try
            {
                using TestStore past = TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(lsn));
                Assert.Equal(state, past.Dump());
                reached++;
            }
            catch (UnreachableTargetException e)
            {
                Assert.Equal(StoreError.LogTruncated, e.Error);
                Assert.Equal(0, reached);
                oldest = e.ReachableFrom;
            }
        }

        Assert.InRange(reached, 10, 40);
        using TestStore earliest = TestStore.Open(files, SampleStore.DropLog, target: RecoveryTarget.ToLsn(oldest!.Value));
        Assert.Contains(commits, commit => commit.State == earliest.Dump());
    }

    [Fact]
    public void Retention_takes_what_was_left_with_the_log_of_its_time()
    {
        SimulatedFileSystem files = History.Copy();
        using TestStore store = TestStore.Open(TestStore.DeterministicHostFor(files, seed: 5), BranchedHistory.Options with { LogRetainBytes = 0, CheckpointsRetained = 1 }, target: RecoveryTarget.ToLsn(History.Commits[6].Lsn));
        Assert.NotEmpty(RootFile.Read(files).Believed!.Branches);
        for (int i = 0; i < 30; i++)
            store.Set("k", $"{i}".PadRight(3000, 'x'));
        store.Store.TakeCheckpoint();
        store.Set("k", "1");
        store.Store.TakeCheckpoint();
        store.Store.TakeCheckpoint();
        Assert.DoesNotContain(SegmentCatalog.Read(files, storeId: null).Segments, segment => segment.Sequence < 6);
        Assert.True(StoreInspector.Inspect(TestStore.HostFor(files)).IsHealthy);
    }

    [Fact]
    public void However_often_a_store_goes_back_ROOT_has_room()
    {
        SimulatedFileSystem files = History.Copy();
        for (int i = 0; i < 60; i++)
        {
            using TestStore store = TestStore.Open(TestStore.DeterministicHostFor(files, seed: (ulong)i), BranchedHistory.Options, target: RecoveryTarget.ToLsn(History.Commits[i % 10].Lsn));
            store.Set("k", "1");
        }

        Assert.Equal(RootBranches.ListedMax, RootFile.Read(files).Believed!.Branches.Count);
        Assert.True(StoreInspector.Inspect(TestStore.HostFor(files)).IsHealthy);
    }

    [Fact]
    public void A_reader_that_follows_the_log_is_told_that_what_it_read_was_left_and_goes_on_in_the_new_branch()
    {
        SimulatedFileSystem files = History.Copy();
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None);
        List<Lsn> followed = ReadAll(tail);
        Lsn target = followed[^6];
        using TestStore store = TestStore.Open(TestStore.DeterministicHostFor(files, seed: 9), BranchedHistory.Options, target: RecoveryTarget.ToLsn(target));
        store.Set("k", "1");
        store.Set("k", "2");
        LogBranchException told = Assert.Throws<LogBranchException>(() => tail.TryRead());
        Assert.Equal(StoreError.PositionNotInLog, told.Error);
        Assert.InRange(told.From.Value, target.Value, told.To.Value);
        followed.RemoveAll(lsn => lsn >= told.From);
        followed.AddRange(ReadAll(tail));
        store.Store.Close();
        followed.AddRange(ReadAll(tail));
        using TestStore now = TestStore.OpenReadOnly(files);
        Assert.Equal(now.Store.ReadLog().Select(entry => entry.Lsn), followed);
    }

    [Fact]
    public void A_reader_that_comes_back_with_a_position_of_a_history_that_was_left_is_told_so()
    {
        using TestStore now = TestStore.OpenReadOnly(History.Files);
        HashSet<Lsn> current = [.. now.Store.ReadLog().Select(entry => entry.Lsn)];
        Lsn[] left = [.. History.Commits.Select(commit => commit.Lsn).Where(lsn => !current.Contains(lsn))];
        Assert.True(left.Length > 3);
        foreach (Lsn lsn in left)
        {
            using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(History.Files), lsn);
            LogBranchException told = Assert.Throws<LogBranchException>(() => tail.TryRead());
            Assert.Equal(current.Where(entry => entry >= told.From).Order(), ReadAll(tail));
        }
    }

    [Fact]
    public void A_reader_that_is_given_up_before_it_has_said_what_was_left_leaves_that_to_the_next()
    {
        SimulatedFileSystem files = History.Copy();
        Lsn left;
        using (LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None))
        {
            ReadAll(tail);
            left = tail.Position;
        }

        using TestStore store = TestStore.Open(TestStore.DeterministicHostFor(files, seed: 9), BranchedHistory.Options, target: RecoveryTarget.ToLsn(History.Commits[^3].Lsn));
        LogTail givenUp = PersistenceStore.Tail(TestStore.HostFor(files), left);
        Assert.Equal(left, givenUp.Position);
        givenUp.Dispose();
        using LogTail next = PersistenceStore.Tail(TestStore.HostFor(files), givenUp.Position);
        Assert.Equal(left, Assert.Throws<LogBranchException>(() => next.TryRead()).To);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reader_is_told_that_its_history_was_left_where_the_segment_both_share_is_no_longer_in_the_log(bool archives)
    {
        (SimulatedFileSystem files, StoreOptions options, Lsn fork) = MakeLeft(archives);
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None);
        Assert.Equal(2, ReadAll(tail).Count(lsn => lsn > fork));
        using TestStore store = TestStore.Open(files, options, target: RecoveryTarget.ToLsn(fork));
        Retire(store, segments: 1);
        LogBranchException told = Assert.Throws<LogBranchException>(() => tail.TryRead());
        Assert.InRange(told.From.Value, fork.Value, fork.Value + 4096);
        Lsn[] current = [.. store.Store.ReadLog().Select(entry => entry.Lsn).Where(lsn => lsn > told.From)];
        store.Store.Close();
        Assert.Equal(current, ReadAll(tail).Take(current.Length));
    }

    /// <summary>Of the two branches the reader stood on the first. The second goes on in what the first had left, behind where the first was forked: nothing that is there says any more that it was.</summary>
    [Fact]
    public void A_reader_that_stood_on_a_branch_is_told_where_that_began_when_all_its_log_is_gone()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { CheckpointsRetained = 1, LogRetainBytes = 1 << 30 };
        Lsn[] first;
        using (TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files, seed: 1), options))
            first = [.. Enumerable.Range(0, 4).Select(i => { store.Set("k", $"{i}"); return store.Store.ReadLog().Last().Lsn; })];
        Lsn stood;
        using (TestStore store = TestStore.Open(TestStore.DeterministicHostFor(files, seed: 2), options, target: RecoveryTarget.ToLsn(first[0])))
        {
            store.Set("k", "on the first branch");
            using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None);
            ReadAll(tail);
            stood = tail.Position;
        }

        using TestStore again = TestStore.Open(TestStore.DeterministicHostFor(files, seed: 3), options, target: RecoveryTarget.ToLsn(first[2]));
        Retire(again, segments: 2);
        using LogTail next = PersistenceStore.Tail(TestStore.HostFor(files), stood);
        LogBranchException told = Assert.Throws<LogBranchException>(() => next.TryRead());
        Assert.InRange(told.From.Value, first[0].Value, first[1].Value);
        Assert.Throws<LogTruncatedException>(() => next.TryRead());
    }

    [Fact]
    public void A_position_of_a_history_that_was_left_is_told_from_lost_log_when_its_segment_is_gone()
    {
        (SimulatedFileSystem files, StoreOptions options, Lsn fork) = MakeLeft(archives: false);
        Lsn left = SegmentCatalog.Read(files, storeId: null).Segments[1].Header!.FirstFrameLsn;
        using TestStore store = TestStore.Open(files, options, target: RecoveryTarget.ToLsn(fork));
        Retire(store, segments: 2);
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), left);
        Assert.InRange(Assert.Throws<LogBranchException>(() => tail.TryRead()).From.Value, fork.Value, fork.Value + 4096);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reader_is_taken_back_to_where_the_histories_part_though_only_the_archive_has_that(bool comesBack)
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { CheckpointsRetained = 1, ArchiveLog = true, LogRetainBytes = 1 << 30 };
        Lsn shared;
        Lsn leftFirst;
        using (TestStore store = TestStore.Create(files, options))
        {
            shared = store.Set("a", "1").First;
            leftFirst = store.Set("a", "2").First;
        }

        LogTail tail;
        using (TestStore store = TestStore.Open(files, options, target: RecoveryTarget.ToLsn(shared)))
        {
            store.Set("b", "1");
            store.Store.RotateLog();
            store.Set("b", "2");
            store.Store.Flush();
            tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None);
            Assert.DoesNotContain(leftFirst, ReadAll(tail));
        }

        using (TestStore store = TestStore.Open(files, options, target: RecoveryTarget.ToLsn(leftFirst)))
        {
            Retire(store, segments: 2);
            store.Store.Close();
            if (comesBack)
            {
                tail.Dispose();
                tail = PersistenceStore.Tail(TestStore.HostFor(files), tail.Position);
            }

            Assert.InRange(Assert.Throws<LogBranchException>(() => tail.TryRead()).From.Value, shared.Value, leftFirst.Value);
            Assert.Contains(leftFirst, ReadAll(tail));
        }

        tail.Dispose();
    }

    [Fact]
    public void A_clock_that_went_back_is_warned_about()
    {
        ManualClock clock = new();
        SimulatedFileSystem files = new();
        string state;
        using (TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files, clock: clock)))
        {
            clock.Advance(TimeSpan.FromHours(2));
            store.Set("a", "later");
            clock.Advance(TimeSpan.FromHours(-1));
            store.Set("a", "earlier");
            state = store.Dump();
            clock.Advance(TimeSpan.FromHours(3));
            store.Set("a", "last");
        }

        using TestStore past = TestStore.OpenReadOnly(files, target: RecoveryTarget.ToTime(ManualClock.Start.AddMinutes(90)));
        Assert.Equal(state, past.Dump());
        Assert.Contains(past.Store.RecoveryReport.Findings, finding => finding is { Kind: FindingKind.ClockWentBack, Severity: FindingSeverity.Warning });
    }

    [Fact]
    public void Files_of_an_earlier_state_are_read_from_their_backups()
    {
        SimulatedFileSystem files = new();
        FileState state = new();
        Lsn first;
        PersistenceStore.Create(TestStore.HostFor(files), TestStore.SmallOptions);
        using (PersistenceStore store = PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [state]))
        {
            Write(store, state, "one"u8);
            first = store.ReadLog().Last().Lsn;
            Write(store, state, "two"u8);
        }

        FileState past = new();
        using PersistenceStore back = PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [past], target: RecoveryTarget.ToLsn(first));
        Assert.Equal("one"u8.ToArray(), past.Read("f"));
        Write(back, past, "three"u8);
        Assert.Equal("three"u8.ToArray(), past.Read("f"));
    }

    private static void Write(PersistenceStore store, FileState state, ReadOnlySpan<byte> content)
    {
        using Persistence.Transactions.Transaction transaction = store.BeginTransaction();
        state.In(transaction).Write("f", content.ToArray());
        transaction.Commit();
    }

    /// <summary>Two segments, and a position in the first of them to go back to.</summary>
    private static (SimulatedFileSystem Files, StoreOptions Options, Lsn Fork) MakeLeft(bool archives)
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { CheckpointsRetained = 1, ArchiveLog = archives, LogRetainBytes = 1 << 30 };
        using TestStore store = TestStore.Create(files, options);
        store.Set("a", "1");
        Lsn fork = store.Set("a", "2").First;
        store.Set("a", "left");
        store.Store.RotateLog();
        store.Set("b", "left");
        return (files, options, fork);
    }

    /// <summary>Lets the oldest segments go.</summary>
    private static void Retire(TestStore store, int segments)
    {
        store.Set("c", "1");
        store.Store.RotateLog();
        store.Set("c", "2");
        store.Store.TakeCheckpoint();
        int kept = SegmentCatalog.Read(store.Files, storeId: null).Segments.Count - segments;
        store.Store.Compact(new CompactionRequest { LogBytes = kept * (64L << 10) });
        Assert.Equal(kept, SegmentCatalog.Read(store.Files, storeId: null).Segments.Count);
    }

    private static List<Lsn> ReadAll(LogTail tail)
    {
        List<Lsn> read = [];
        while (tail.TryRead() is LogEntry entry)
            read.Add(entry.Lsn);
        return read;
    }
}
