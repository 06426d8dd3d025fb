namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Gathers anomalies: counts all, and keeps the first of each kind. A store that is broken all through shows them by the thousand.</summary>
internal sealed class AnomalyList
{
    /// <summary>So many of a kind are kept; more teach nothing.</summary>
    public const int KeptOfAKindMax = 25;

    private readonly List<Anomaly> _kept = [];
    private readonly SortedDictionary<AnomalyKind, int> _counts = [];

    public IReadOnlyList<Anomaly> Kept => _kept;

    public IReadOnlyDictionary<AnomalyKind, int> Counts => _counts;

    /// <summary>Counts one, and keeps it if there is room: only then it is described.</summary>
    public void Add(AnomalyKind kind, Func<Anomaly> describe)
    {
        int count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (count <= KeptOfAKindMax)
            _kept.Add(describe());
    }

    public void Add(AnomalyKind kind, IReadOnlyList<ObservedTransaction> transactions, KeyIndex key, Func<string> describe) =>
        Add(kind, () => new Anomaly(kind, transactions, [key.Name], describe()));
}
