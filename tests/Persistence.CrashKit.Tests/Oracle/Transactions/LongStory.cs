using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>A long history of a store that is right, on many short lists, of sixteen clients.</summary>
internal static class LongStory
{
    private const int Clients = 16;
    private const int KeyLengthMax = 32;

    public static void Tell(TransactionStory story, int lives, int transactionsOfALife)
    {
        Random random = new(1);
        Dictionary<string, List<long>> lists = [];
        long id = 0;
        for (int life = 0; life <= lives; life++)
        {
            StoryLife told = new();
            foreach ((string key, List<long> list) in lists)
                told.Recovered[key] = [.. list];
            story.Lives.Add(told);
            for (int i = 0; i < (life < lives ? transactionsOfALife : 0); i++)
                told.Transactions.Add(Run(random, lists, ++id));
        }
    }

    /// <summary>Each appends to a list and reads three; so many as there are clients run beside each other.</summary>
    private static StoryTransaction Run(Random random, Dictionary<string, List<long>> lists, long id)
    {
        StoryTransaction transaction = new(id, (int)(id % Clients)) { BeginAt = id * 2, EndAt = ((id + Clients - 1) * 2) + 1, Outcome = TransactionOutcome.Committed };
        long newest = id / KeyLengthMax;
        for (int i = 0; i < 3; i++)
        {
            string read = $"k{Math.Max(0, newest - random.Next(4))}";
            transaction.Operations.Add(new ListRead(read, [.. lists.GetValueOrDefault(read, [])]));
        }

        string key = $"k{newest}";
        if (!lists.TryGetValue(key, out List<long>? list))
            lists[key] = list = [];
        list.Add(id);
        transaction.Operations.Add(new ListAppend(key, id));
        return transaction;
    }
}
