using System.Diagnostics;

namespace Persistence.CrashKit.Mutants;

/// <summary>Tries every mutant against the tier that has to catch it, or against all.</summary>
internal sealed class MutantHunt
{
    private readonly IReadOnlyList<IMutantHunter> _hunters;
    private readonly MutantHuntOptions _options;
    private readonly List<MutantTrial> _trials = [];
    private readonly Stopwatch _watch = new();
    private volatile string _current = "";

    public MutantHunt(IReadOnlyList<IMutantHunter> hunters, MutantHuntOptions options)
    {
        _hunters = hunters;
        _options = options;
    }

    /// <summary>How it stands, in one line.</summary>
    public string Progress
    {
        get
        {
            lock (_trials)
                return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds,5:F1} s  {_trials.Count(trial => trial.IsCaught)} caught, {_trials.Count(trial => trial.Survived)} survived, now {_current}");
        }
    }

    /// <summary>Tries them all.</summary>
    public MutantHuntResult Run(CancellationToken interrupted)
    {
        _watch.Start();
        foreach (Mutant mutant in _options.Mutants)
        {
            _current = mutant.Name;
            MutantTrial trial = Try(mutant, interrupted);
            // Nothing is known of one that was not caught by then.
            if (interrupted.IsCancellationRequested && !trial.IsCaught)
                break;
            lock (_trials)
                _trials.Add(trial);
        }

        return new MutantHuntResult(_trials, _options, _watch.Elapsed, interrupted.IsCancellationRequested);
    }

    private MutantTrial Try(Mutant mutant, CancellationToken interrupted)
    {
        long started = Stopwatch.GetTimestamp();
        SortedDictionary<MutantTier, string> caughtBy = [];
        if (mutant.Status == MutantStatus.Active)
        {
            foreach (IMutantHunter hunter in _hunters.Where(hunter => _options.AllTiers || hunter.Tier == mutant.Tier))
            {
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
                stop.CancelAfter(_options.TimeMax);
                if (hunter.Hunt(mutant.Name, _options.Seed, stop.Token) is string how)
                    caughtBy.Add(hunter.Tier, how);
            }
        }

        return new MutantTrial(mutant, caughtBy, Stopwatch.GetElapsedTime(started));
    }
}
