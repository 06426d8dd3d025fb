using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;
using Xunit;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>The checker against the definition, on tens of thousands of tiny histories, at every level and in both directions.</summary>
public sealed class CheckerAgainstDefinitionTests
{
    private const int Cases = 5_000;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void With_a_state_at_the_end_the_checker_convicts_exactly_what_the_definition_cannot_explain(int seed, bool isSubtle)
    {
        TinyHistories histories = new(new Random(seed), isSubtle);
        foreach (IsolationLevel level in Enum.GetValues<IsolationLevel>())
            Compare(histories, level, isClosed: true, isExact: true);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void Without_a_state_at_the_end_it_does_so_for_the_serializable_levels_and_accuses_nobody_wrongly_for_snapshot_isolation(int seed, bool isSubtle)
    {
        TinyHistories histories = new(new Random(seed), isSubtle);
        foreach (IsolationLevel level in Enum.GetValues<IsolationLevel>())
            Compare(histories, level, isClosed: false, isExact: level != IsolationLevel.SnapshotIsolation);
    }

    /// <summary>A name says which levels forbid the thing: the definition must agree.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void What_is_named_for_a_level_is_explained_by_the_levels_below_it(int seed)
    {
        TinyHistories histories = new(new Random(seed), isSubtle: true);
        int writeSkews = 0;
        int timed = 0;
        for (int i = 0; i < Cases; i++)
        {
            TransactionHistory history = histories.Next(isClosed: true);
            AnomalyKind[] kinds = [.. TransactionChecker.Check(history).Counts.Keys];
            if (kinds.Length == 0)
                continue;
            bool isTimed = kinds.All(kind => kind >= AnomalyKind.G0RealTime);
            bool isWriteSkew = kinds.SequenceEqual([AnomalyKind.G2Item]);
            Assert.Equal(isTimed, new ExhaustiveChecker(history, IsolationLevel.Serializable).CanExplain());
            if (isWriteSkew)
                Assert.True(new ExhaustiveChecker(history, IsolationLevel.SnapshotIsolation).CanExplain(), Describe(history));
            timed += isTimed ? 1 : 0;
            writeSkews += isWriteSkew ? 1 : 0;
        }

        Assert.True(timed > Cases / 100, $"{timed} violations in real time only");
        Assert.True(writeSkews > Cases / 500, $"{writeSkews} write skews");
    }

    private static void Compare(TinyHistories histories, IsolationLevel level, bool isClosed, bool isExact)
    {
        int right = 0;
        for (int i = 0; i < Cases; i++)
        {
            TransactionHistory history = histories.Next(isClosed);
            bool expected = new ExhaustiveChecker(history, level).CanExplain();
            TransactionVerdict verdict = TransactionChecker.Check(history, level);
            Assert.True(expected == verdict.IsRight || (!isExact && !expected), $"case {i}: the definition says {expected}\n{Describe(history)}\n{verdict}");
            right += expected ? 1 : 0;
        }

        // Neither kind may be so rare that the comparison says nothing.
        Assert.InRange(right, Cases / 5, Cases * 4 / 5);
    }

    private static string Describe(TransactionHistory history) => string.Join("\n", history.Lives.Select(life =>
        $"life, recovered {(life.Recovered is null ? "?" : Show(life.Recovered))}\n"
        + string.Join("\n", life.Transactions.Select(transaction =>
            $"  {transaction} {transaction.Outcome} {transaction.BeginAt}-{transaction.EndAt} {string.Join(" ", transaction.Operations.Select(Show))}"))));

    private static string Show(TransactionOperation operation) => operation switch
    {
        ListAppend append => $"{append.Key}+{append.Value}",
        ListRead read => $"{read.Key}={string.Join(",", read.Values)}",
        PrefixRead read => $"{read.Prefix}*({Show(read.Lists)})",
        _ => "?",
    };

    private static string Show(IReadOnlyDictionary<string, ImmutableArray<long>> lists) => string.Join(" ", lists.Select(list => $"{list.Key}={string.Join(",", list.Value)}"));
}
