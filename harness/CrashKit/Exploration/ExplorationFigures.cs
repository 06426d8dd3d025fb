namespace Persistence.CrashKit.Exploration;

/// <summary>What was tried and found, by tier. One thread at a time.</summary>
internal sealed class ExplorationFigures
{
    private readonly SortedDictionary<string, TierFigures> _tiers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _evidence = new(StringComparer.Ordinal);
    private readonly List<ExplorationFailure> _failures = [];

    /// <summary>Cases by tier.</summary>
    public IReadOnlyDictionary<string, TierFigures> Tiers => _tiers;

    /// <summary>Counts that show that something was tested: states that lost something, faults that fired.</summary>
    public IReadOnlyDictionary<string, long> Evidence => _evidence;

    public IReadOnlyList<ExplorationFailure> Failures => _failures;

    /// <summary>Cases tried.</summary>
    public long States => _tiers.Values.Sum(tier => tier.States);

    /// <summary>Different ones, each recovered and judged.</summary>
    public long Distinct => _tiers.Values.Sum(tier => tier.Distinct);

    public void Count(string tier, long states, long distinct)
    {
        TierFigures before = _tiers.GetValueOrDefault(tier);
        _tiers[tier] = new TierFigures(before.States + states, before.Distinct + distinct);
    }

    public void Note(string evidence, long count) => _evidence[evidence] = _evidence.GetValueOrDefault(evidence) + count;

    public void Add(ExplorationFailure failure) => _failures.Add(failure);

    /// <summary>Adds what was found elsewhere; of failures those in tiers that count.</summary>
    public void Add(ExplorationFigures more, Func<string, bool> counts)
    {
        foreach ((string tier, TierFigures figures) in more._tiers)
            Count(tier, figures.States, figures.Distinct);
        foreach ((string evidence, long count) in more._evidence)
            Note(evidence, count);
        _failures.AddRange(more._failures.Where(failure => counts(failure.Tier)));
    }
}

/// <summary>Of one tier.</summary>
/// <param name="States">Cases tried.</param>
/// <param name="Distinct">Different ones, recovered and judged.</param>
internal readonly record struct TierFigures(long States, long Distinct);
