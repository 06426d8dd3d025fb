using System.Text;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>What the checker says about one history.</summary>
/// <param name="Level">The level it was held against.</param>
/// <param name="Happened">Transactions that happened and were put in order, the recoveries not counted. None: nothing was judged.</param>
/// <param name="UnknownThatHappened">Those among them whose clients had not heard of their end.</param>
/// <param name="Dependencies">How many reasons for an order were found in the lists. None: the transactions had nothing to do with each other.</param>
/// <param name="Anomalies">What is wrong, at most 25 of a kind; empty when nothing is.</param>
/// <param name="Counts">How many there are of each kind that was found.</param>
public sealed record TransactionVerdict(
    IsolationLevel Level,
    int Happened,
    int UnknownThatHappened,
    int Dependencies,
    IReadOnlyList<Anomaly> Anomalies,
    IReadOnlyDictionary<AnomalyKind, int> Counts)
{
    /// <summary>Whether a store of that level can show this history.</summary>
    public bool IsRight => Anomalies.Count == 0;

    /// <summary>The verdict in a line, and each anomaly in another.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append($"{Happened} transactions, {Dependencies} dependencies: ");
        text.Append(IsRight ? $"{Level} holds" : $"{Level} is violated: {string.Join(", ", Counts.Select(count => $"{count.Value} × {count.Key.ToTerm()}"))}");
        foreach (Anomaly anomaly in Anomalies)
            text.AppendLine().Append(anomaly);
        return text.ToString();
    }
}
