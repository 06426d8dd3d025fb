using Persistence.CrashKit.Oracle.Transactions;
using Xunit;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>Every kind of anomaly, put into histories that are right but for it: it is found every time, by its name, and nothing else is.</summary>
public sealed class PlantedAnomalyTests
{
    private const int Stories = 200;

    public static TheoryData<AnomalyKind> Kinds => [.. Enum.GetValues<AnomalyKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_planted_is_found_and_named(AnomalyKind kind)
    {
        Random random = new((int)kind);
        int planted = 0;
        for (int i = 0; planted < Stories; i++)
        {
            Assert.True(i < Stories * 10, $"{planted} of {i} histories had a place for it");
            TransactionStory story = RightStore.Tell(random, IsolationLevel.StrictSerializable, random.Next(2, 6), random.Next(3, 30));
            if (!new Plants(story, random).TryPlant(kind))
                continue;
            planted++;
            TransactionVerdict verdict = TransactionChecker.Check(story.ToHistory());
            Assert.True(verdict.Counts.Keys.SequenceEqual([kind]), $"story {i}: {verdict}");
            Assert.All(verdict.Anomalies, AssertExplained);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_level_forbids_what_it_has_to(AnomalyKind kind)
    {
        Random random = new((int)kind + 100);
        TransactionStory story;
        do
            story = RightStore.Tell(random, IsolationLevel.StrictSerializable, 4, 20);
        while (!new Plants(story, random).TryPlant(kind));
        TransactionHistory history = story.ToHistory();
        Assert.False(TransactionChecker.Check(history, IsolationLevel.StrictSerializable).IsRight);
        Assert.Equal(kind >= AnomalyKind.G0RealTime, TransactionChecker.Check(history, IsolationLevel.Serializable).IsRight);
        Assert.Equal(kind >= AnomalyKind.G2Item, TransactionChecker.Check(history, IsolationLevel.SnapshotIsolation).IsRight);
    }

    /// <summary>Who reads it is told which transactions and keys, and of a cycle every step.</summary>
    private static void AssertExplained(Anomaly anomaly)
    {
        Assert.NotEmpty(anomaly.Transactions);
        Assert.NotEmpty(anomaly.Keys);
        Assert.All(anomaly.Transactions, transaction => Assert.Contains(transaction.ToString(), anomaly.Message, StringComparison.Ordinal));
        Assert.All(anomaly.Keys, key => Assert.Contains($"'{key}'", anomaly.Message, StringComparison.Ordinal));
        for (int i = 0; i < anomaly.Cycle.Count; i++)
        {
            Assert.Same(anomaly.Transactions[i], anomaly.Cycle[i].From);
            Assert.Same(anomaly.Transactions[(i + 1) % anomaly.Transactions.Count], anomaly.Cycle[i].To);
            Assert.Contains(anomaly.Cycle[i].Message, anomaly.Message, StringComparison.Ordinal);
        }
    }
}
