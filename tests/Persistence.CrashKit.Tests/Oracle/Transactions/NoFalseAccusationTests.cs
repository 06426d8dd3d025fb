using Persistence.CrashKit.Oracle.Transactions;
using Xunit;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>Thousands of histories of stores that are right: none may be accused.</summary>
public sealed class NoFalseAccusationTests
{
    private const int Stories = 1_000;

    [Theory]
    [InlineData(IsolationLevel.SnapshotIsolation)]
    [InlineData(IsolationLevel.Serializable)]
    [InlineData(IsolationLevel.StrictSerializable)]
    public void A_store_that_keeps_its_level_is_never_accused_of_breaking_it(IsolationLevel level)
    {
        Random random = new((int)level + 1);
        int unknown = 0;
        for (int i = 0; i < Stories; i++)
        {
            TransactionVerdict verdict = TransactionChecker.Check(RightStore.Tell(random, level, random.Next(1, 6), random.Next(1, 30)).ToHistory(), level);
            Assert.True(verdict.IsRight, $"story {i}: {verdict}");
            unknown += verdict.UnknownThatHappened;
        }

        // What nobody heard of and yet happened has to occur, or nothing was said about it.
        Assert.True(unknown > Stories, $"{unknown}");
    }

    [Theory]
    [InlineData(IsolationLevel.SnapshotIsolation, IsolationLevel.Serializable, AnomalyKind.G2Item)]
    [InlineData(IsolationLevel.Serializable, IsolationLevel.StrictSerializable, AnomalyKind.GSingleRealTime)]
    public void A_store_that_keeps_less_than_it_is_asked_for_is_convicted_of_just_the_difference(IsolationLevel kept, IsolationLevel asked, AnomalyKind commonest)
    {
        Random random = new(7);
        Dictionary<AnomalyKind, int> kinds = [];
        for (int i = 0; i < Stories; i++)
        {
            TransactionVerdict verdict = TransactionChecker.Check(RightStore.Tell(random, kept, random.Next(1, 5), random.Next(10, 30)).ToHistory(), asked);
            foreach ((AnomalyKind kind, int count) in verdict.Counts)
                kinds[kind] = kinds.GetValueOrDefault(kind) + count;
        }

        Assert.Equal(commonest, kinds.MaxBy(kind => kind.Value).Key);
        Assert.All(kinds.Keys, kind => Assert.True(kind >= commonest, $"{kind}"));
        Assert.True(kinds[commonest] > Stories / 10, $"{kinds[commonest]}");
    }

    /// <summary>Time that grows with the square of the history would keep this test busy for an hour.</summary>
    [Fact]
    public void A_hundred_thousand_transactions_are_judged_as_a_few_are()
    {
        TransactionStory story = new();
        LongStory.Tell(story, lives: 10, transactionsOfALife: 10_000);
        TransactionVerdict verdict = TransactionChecker.Check(story.ToHistory());
        Assert.True(verdict.IsRight, verdict.ToString());
        Assert.Equal(100_000, verdict.Happened);
        StoryTransaction last = story.Lives[^2].Transactions[^1];
        story.Forget(story.Lives.Count - 1, last.Appends.Select(append => (append.Key, append.Value)));
        Assert.Equal([AnomalyKind.LostAppend], TransactionChecker.Check(story.ToHistory()).Counts.Keys);
    }
}
