using Persistence.CrashKit.Oracle.Transactions;
using Xunit;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

public sealed class TransactionCheckerTests
{
    [Fact]
    public void An_empty_history_is_right_and_says_that_nothing_was_judged()
    {
        TransactionVerdict verdict = TransactionChecker.Check(new TransactionHistory());
        Assert.True(verdict.IsRight);
        Assert.Equal(0, verdict.Happened);
        Assert.Equal("0 transactions, 0 dependencies: StrictSerializable holds", verdict.ToString());
    }

    [Fact]
    public void An_acknowledged_append_that_is_recovered_is_right_and_one_that_is_not_is_lost()
    {
        Tale tale = new Tale().Commit(1, 0, 1, "x+1").Commit(2, 2, 3, "x+2");
        Assert.Empty(tale.Life("x=1,2").Kinds());
        Assert.Equal([AnomalyKind.LostAppend], new Tale().Commit(1, 0, 1, "x+1").Commit(2, 2, 3, "x+2").Life("x=1").Kinds());
    }

    [Fact]
    public void A_loss_is_told_in_words()
    {
        Anomaly lost = Assert.Single(new Tale().Commit(7, 0, 1, "x+1 y+2").Life("").Judge().Anomalies);
        Assert.Equal("lost append: T7 of life 0 was acknowledged; the recovery of life 1 lacks 1 on 'x', 2 on 'y'", lost.ToString());
        Assert.Equal(["x", "y"], lost.Keys);
        Assert.Equal([7L, -1L], lost.Transactions.Select(transaction => transaction.Id));
        Assert.Equal(1, lost.Transactions[1].RecoveryOf);
    }

    [Fact]
    public void What_was_recovered_once_is_lost_when_a_later_recovery_lacks_it()
    {
        Assert.Equal([AnomalyKind.LostAppend], new Tale().Commit(1, 0, 1, "x+1").Life("x=1").Life("x=1").Life("").Kinds());
    }

    [Fact]
    public void What_was_in_flight_at_a_kill_may_be_recovered_or_not()
    {
        Assert.Empty(new Tale().Unknown(1, 0, "x+1 y+1").Life("").Life("").Kinds());
        Assert.Empty(new Tale().Unknown(1, 0, "x+1 y+1").Life("x=1 y=1").Life("x=1 y=1").Kinds());
        Assert.Equal([AnomalyKind.HalfVisible], new Tale().Unknown(1, 0, "x+1 y+1").Life("x=1").Kinds());
    }

    [Fact]
    public void What_was_in_flight_and_was_seen_has_happened()
    {
        Assert.Equal([AnomalyKind.LostAppend], new Tale().Unknown(1, 0, "x+1").Commit(2, 0, 1, "x=1").Life("").Kinds());

        // Who saw it may have been in flight as well: then both are gone, and nothing is wrong; or the second is there, and then the first has to be.
        Assert.Empty(new Tale().Unknown(1, 0, "x+1").Unknown(2, 0, "x=1 y+1").Life("").Kinds());
        Assert.Equal([AnomalyKind.LostAppend], new Tale().Unknown(1, 0, "x+1").Unknown(2, 0, "x=1 y+1").Life("y=1").Kinds());
    }

    [Fact]
    public void What_was_in_flight_does_not_happen_after_the_kill()
    {
        Anomaly anomaly = Assert.Single(new Tale().Unknown(1, 0, "x+1").Life("").Commit(2, 0, 1, "x=1").Judge().Anomalies);
        Assert.Equal("resurrected append: T1 of life 0 had not happened when the recovery of life 1 was over, which lacks 1 on 'x'; yet T2 of life 1 sees it", anomaly.ToString());
    }

    [Fact]
    public void What_failed_perhaps_may_happen_until_its_life_ends()
    {
        Assert.Empty(new Tale().Unknown(1, 0, "x+1").Commit(2, 10, 11, "x=").Commit(3, 12, 13, "x=1").Life("x=1").Kinds());
    }

    [Fact]
    public void What_an_aborted_one_saw_is_nobodys_business_but_what_it_wrote_is()
    {
        Assert.Empty(new Tale().Abort(1, 0, 1, "x+1 x=8,9 y=7").Life("").Kinds());
        Assert.Equal([AnomalyKind.G1a], new Tale().Abort(1, 0, 1, "x+1").Life("x=1").Kinds());
    }

    [Fact]
    public void An_order_between_lives_holds_at_every_level_and_where_nobody_looked()
    {
        foreach (IsolationLevel level in Enum.GetValues<IsolationLevel>())
        {
            Assert.Equal([AnomalyKind.GSingle], new Tale(null).Commit(1, 0, 1, "x+1").Life(null).Commit(2, 0, 1, "x=").Kinds(level));
            Assert.Equal([AnomalyKind.LostAppend], new Tale().Commit(1, 0, 1, "x+1").Life("").Kinds(level));
        }
    }

    [Fact]
    public void A_cycle_is_told_step_by_step()
    {
        Anomaly stale = Assert.Single(new Tale().Commit(1, 0, 1, "x+1").Commit(2, 2, 3, "x+2").Commit(3, 4, 5, "x=1").Life("x=1,2").Judge().Anomalies);
        Assert.Equal(AnomalyKind.GSingleRealTime, stale.Kind);
        Assert.Equal([DependencyKind.ReadWrite, DependencyKind.RealTime], stale.Cycle.Select(step => step.Kind).Order());
        Assert.Contains("T3 read 'x' as [1], without 2, which T2 appended", stale.Message, StringComparison.Ordinal);
        Assert.Contains("T2 was acknowledged (at 3) before T3 began (at 4)", stale.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_through_lives_is_told_too()
    {
        Anomaly anomaly = Assert.Single(new Tale(null).Commit(1, 0, 1, "x=1").Life(null).Life(null).Commit(2, 0, 1, "x+1").Judge().Anomalies);
        Assert.Equal(AnomalyKind.G1c, anomaly.Kind);
        Assert.Contains("T1 of life 0 comes before T2 of life 2", anomaly.Message, StringComparison.Ordinal);
        Assert.Contains("T1 read 'x' as [1], of which T2 appended 1", anomaly.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Appends_that_nobody_saw_came_after_all_that_was_seen()
    {
        Tale tale = new Tale(null).Commit(1, 0, 1, "x+1").Commit(2, 2, 3, "x=1").Commit(3, 4, 5, "x+2").Commit(4, 4, 5, "x=1 x+3");
        Assert.Empty(tale.Kinds());
        Anomaly stale = Assert.Single(tale.Commit(5, 6, 7, "x=1").Judge().Anomalies);
        Assert.Equal(AnomalyKind.GSingleRealTime, stale.Kind);
        Assert.Empty(tale.Kinds(IsolationLevel.Serializable));
    }

    [Fact]
    public void Two_that_began_from_the_same_version_and_appended_lose_an_update_even_if_nobody_saw_it()
    {
        Anomaly lost = Assert.Single(new Tale(null).Commit(1, 0, 9, "x= x+1").Commit(2, 0, 9, "x= x+2").Commit(3, 0, 9, "x= x+3").Judge(IsolationLevel.SnapshotIsolation).Anomalies);
        Assert.Equal("P4 (lost update): T1 and T2 read 'x' as [] and appended to it, and so did 1 more: whichever came later has not seen what the other appended", lost.ToString());
    }

    [Fact]
    public void An_append_nobody_saw_takes_part_in_cycles()
    {
        Tale tale = new Tale(null).Commit(1, 0, 9, "x+1").Commit(2, 0, 9, "x=1 y+1").Commit(3, 0, 9, "x+2 y=");
        Anomaly skew = Assert.Single(tale.Judge().Anomalies);
        Assert.Equal(AnomalyKind.G2Item, skew.Kind);
        Assert.Contains("T2 read 'x' as [1], without 2, which T3 appended", skew.Message, StringComparison.Ordinal);
        Assert.Contains("T3 read 'y' as [], without 1, which T2 appended", skew.Message, StringComparison.Ordinal);
        Anomaly writes = Assert.Single(new Tale(null).Commit(1, 5, 6, "x+1").Commit(2, 0, 1, "x+2").Commit(3, 5, 6, "x=1").Judge().Anomalies);
        Assert.Equal(AnomalyKind.G0RealTime, writes.Kind);
        Assert.Contains("T1 appended 1 to 'x', which is the last value seen, so that 2 by T2, which nobody saw, came after it", writes.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_appends_are_seen_in_their_order_at_the_end_of_what_was_there()
    {
        Assert.Empty(new Tale().Commit(1, 0, 1, "x+1").Commit(2, 2, 3, "x=1 x+2 x=1,2 x+3 x=1,2,3 x*:x=1,2,3").Life("x=1,2,3").Kinds());
        foreach (string reads in new[] { "x+2 x=1", "x+2 x=2,1", "x=1,2 x+2", "x+2 x+3 x=1,3,2", "x=1 x=", "x+2 x=1,2 x=2" })
        {
            string final = reads.Contains("+3", StringComparison.Ordinal) ? "x=1,2,3" : "x=1,2";
            Tale tale = new Tale().Commit(1, 0, 1, "x+1").Commit(2, 2, 3, reads.Contains('+', StringComparison.Ordinal) ? reads : reads + " x+2").Life(final);
            Assert.Equal([AnomalyKind.InternalInconsistency], tale.Kinds(IsolationLevel.Serializable));
        }
    }

    [Fact]
    public void What_one_appended_stands_in_its_order_and_without_gaps()
    {
        Assert.Equal([AnomalyKind.IncompatibleOrders], new Tale().Commit(1, 0, 1, "x+1 x+2").Life("x=2,1").Kinds());
        Assert.Equal([AnomalyKind.HalfVisible], new Tale(null).Commit(1, 0, 1, "x+1 x+2").Commit(2, 2, 3, "x=2").Kinds());
        Assert.Equal([AnomalyKind.G0], new Tale().Commit(1, 0, 1, "x+1 x+2").Commit(2, 0, 1, "x+3").Life("x=1,3,2").Kinds());
    }

    [Fact]
    public void A_read_of_a_prefix_is_one_of_every_key_that_begins_so()
    {
        Assert.Empty(new Tale().Commit(1, 0, 1, "xa+1 xb+2 y+3").Commit(2, 2, 3, "x*:xa=1:xb=2").Life("xa=1 xb=2 y=3").Kinds());

        // Each looks for what the other adds: a write skew that no key alone shows, since neither was there.
        Assert.Equal([AnomalyKind.G2Item], new Tale().Commit(1, 0, 9, "x* xa+1").Commit(2, 0, 9, "x* xb+2").Life("xa=1 xb=2").Kinds());
        Assert.Equal([AnomalyKind.GSingle], new Tale().Commit(1, 0, 9, "xa+1 xb+2").Commit(2, 0, 9, "x*:xa=1").Life("xa=1 xb=2").Kinds());
    }

    [Fact]
    public void Snapshot_isolation_allows_write_skew_and_forbids_a_long_fork()
    {
        Tale skew = new Tale().Commit(1, 0, 9, "x= y+1").Commit(2, 0, 9, "y= x+1").Life("x=1 y=1");
        Assert.Equal([AnomalyKind.G2Item], skew.Kinds(IsolationLevel.Serializable));
        Assert.Empty(skew.Kinds(IsolationLevel.SnapshotIsolation));
        Tale fork = new Tale().Commit(1, 0, 9, "x+1").Commit(2, 0, 9, "y+1").Commit(3, 0, 9, "x=1 y=").Commit(4, 0, 9, "x= y=1").Life("x=1 y=1");
        Assert.Equal([AnomalyKind.GNonadjacent], fork.Kinds(IsolationLevel.SnapshotIsolation));
    }

    [Fact]
    public void Values_that_should_not_be_there_do_not_hide_what_else_is_wrong()
    {
        Tale tale = new Tale().Commit(1, 0, 1, "x+1").Abort(2, 2, 3, "x+2").Commit(3, 4, 5, "x=1,2,99").Commit(4, 6, 7, "x=1,1").Commit(5, 8, 9, "x+3").Commit(6, 10, 11, "x=1").Life("x=1,3");
        Assert.Equal([AnomalyKind.PhantomValue, AnomalyKind.DuplicateValue, AnomalyKind.G1a, AnomalyKind.GSingleRealTime], tale.Kinds());
    }

    [Fact]
    public void Of_independent_cycles_each_is_reported_and_of_those_that_share_transactions_the_worst()
    {
        Tale two = new Tale()
            .Commit(1, 0, 9, "a= b+1").Commit(2, 0, 9, "b= a+1")
            .Commit(3, 0, 9, "c+1 d=1").Commit(4, 0, 9, "d+1 c=1")
            .Life("a=1 b=1 c=1 d=1");
        Assert.Equal([AnomalyKind.G1c, AnomalyKind.G2Item], two.Kinds());
        Tale one = new Tale()
            .Commit(1, 0, 9, "a= b+1 c+1 d=1").Commit(2, 0, 9, "b= a+1 d+1 c=1")
            .Life("a=1 b=1 c=1 d=1");
        Assert.Equal([AnomalyKind.G1c], one.Kinds());
    }

    [Fact]
    public void A_shortest_cycle_is_shown()
    {
        // Five in a ring, each missing what the next one appended, and a chord that makes it three.
        Tale tale = new Tale()
            .Commit(1, 0, 9, "a+1 b=").Commit(2, 0, 9, "b+1 c=").Commit(3, 0, 9, "c+1 d= a=").Commit(4, 0, 9, "d+1 e=").Commit(5, 0, 9, "e+1 a=")
            .Life("a=1 b=1 c=1 d=1 e=1");
        Assert.Equal([1L, 2L, 3L], Assert.Single(tale.Judge().Anomalies).Transactions.Select(transaction => transaction.Id).Order());
    }

    [Fact]
    public void All_of_a_kind_are_counted_and_the_first_are_shown()
    {
        Tale tale = new();
        for (int i = 1; i <= 40; i++)
            tale.Commit(i, i * 2, (i * 2) + 1, $"x+{i}");
        TransactionVerdict verdict = tale.Life("").Judge();
        Assert.Equal(40, verdict.Counts[AnomalyKind.LostAppend]);
        Assert.Equal(25, verdict.Anomalies.Count);
        Assert.StartsWith("40 transactions, 0 dependencies: StrictSerializable is violated: 40 × lost append\n", verdict.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    /// <summary>A store without any isolation makes one tangle of everything: the search for the shortest cycle has to end all the same.</summary>
    [Fact]
    public void A_tangle_of_thousands_is_judged_and_its_worst_cycle_named()
    {
        Random random = new(5);
        Tale tale = new(null);
        Dictionary<int, List<int>> lists = [];
        for (int i = 1; i <= 20_000; i++)
        {
            int key = i / 50;
            List<int> list = lists.TryGetValue(key, out List<int>? known) ? known : lists[key] = [];
            string stale = string.Join(",", list.Take(random.Next(list.Count + 1)));
            list.Add(i);
            tale.Commit(i, i, i + 8, $"k{key}={stale} k{key}+{i} k{Math.Max(0, key - 1)}={string.Join(",", lists.GetValueOrDefault(key - 1, []).Take(random.Next(50)))}");
        }

        TransactionVerdict verdict = tale.Judge();
        Assert.Contains(AnomalyKind.P4, verdict.Counts.Keys);
        Assert.All(verdict.Anomalies.Where(anomaly => anomaly.Kind == AnomalyKind.P4), anomaly => Assert.Equal(2, anomaly.Cycle.Count));
    }

    [Fact]
    public void Every_kind_has_a_term_of_its_own()
    {
        string[] terms = [.. Enum.GetValues<AnomalyKind>().Select(kind => kind.ToTerm())];
        Assert.Equal(terms.Length, terms.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((AnomalyKind)99).ToTerm());
    }

    [Fact]
    public void A_history_that_cannot_be_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new TransactionHistory().Add(new ObservedTransaction(1, 1, TransactionOutcome.Committed, []) { BeginAt = 0, EndAt = 1 }));
        Assert.Throws<ArgumentException>(() => new Tale().Commit(1, 2, 1, "x+1"));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new Tale().Commit(1, 0, 1, "x+1").Abort(2, 0, 1, "x+1").Kinds());
        Assert.Contains("T2 and T1 both append 1 to 'x'", exception.Message, StringComparison.Ordinal);
    }
}
