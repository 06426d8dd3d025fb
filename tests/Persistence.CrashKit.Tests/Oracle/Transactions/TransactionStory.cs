using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>A history that can still be tampered with.</summary>
internal sealed class TransactionStory
{
    public List<StoryLife> Lives { get; } = [];

    public IEnumerable<StoryTransaction> Transactions => Lives.SelectMany(life => life.Transactions);

    public long NextId => Transactions.Select(transaction => transaction.Id).DefaultIfEmpty().Max() + 1;

    public TransactionHistory ToHistory()
    {
        TransactionHistory history = new();
        foreach (StoryLife life in Lives)
        {
            history.BeginLife(life.Recovered.ToDictionary(list => list.Key, list => list.Value.ToImmutableArray()));
            foreach (StoryTransaction transaction in life.Transactions)
                history.Add(new ObservedTransaction(transaction.Id, transaction.Client, transaction.Outcome, [.. transaction.Operations]) { BeginAt = transaction.BeginAt, EndAt = transaction.EndAt });
        }

        return history;
    }

    /// <summary>Takes values out of everything that was seen from a life on, its recovered state included.</summary>
    public void Forget(int fromLife, IEnumerable<(string Key, long Value)> values)
    {
        HashSet<(string, long)> gone = [.. values];
        foreach (StoryLife life in Lives.Skip(fromLife))
        {
            foreach ((string key, List<long> list) in life.Recovered)
                list.RemoveAll(value => gone.Contains((key, value)));
            foreach (StoryTransaction transaction in life.Transactions)
            {
                for (int i = 0; i < transaction.Operations.Count; i++)
                {
                    if (transaction.Operations[i] is ListRead read)
                        transaction.Operations[i] = read with { Values = read.Values.RemoveAll(value => gone.Contains((read.Key, value))) };
                    else if (transaction.Operations[i] is PrefixRead all)
                        transaction.Operations[i] = all with { Lists = all.Lists.ToDictionary(list => list.Key, list => list.Value.RemoveAll(value => gone.Contains((list.Key, value)))) };
                }
            }
        }
    }
}
