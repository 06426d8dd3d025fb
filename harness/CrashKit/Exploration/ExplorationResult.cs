using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Exploration;

/// <summary>What an exploration found.</summary>
/// <param name="Verb">Which.</param>
/// <param name="Options">How far it was to go.</param>
/// <param name="Figures">What was tried and found.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="VacuousBecause">Why it does not prove anything; empty when it does.</param>
internal sealed record ExplorationResult(
    string Verb, ExplorationOptions Options, ExplorationFigures Figures, TimeSpan Elapsed, IReadOnlyList<string> VacuousBecause)
{
    /// <summary>Whether it was ended before it had gone as far as it was to go.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>Distinct ones.</summary>
    public double StatesPerSecond => Figures.Distinct / Math.Max(Elapsed.TotalSeconds, 0.001);

    /// <summary>One failure convicts; nothing wrong means nothing in a run that was interrupted.</summary>
    public KillRunVerdict Verdict =>
        Figures.Failures.Count > 0 ? KillRunVerdict.Convicted
        : WasInterrupted ? KillRunVerdict.CouldNotRun
        : VacuousBecause.Count > 0 ? KillRunVerdict.Vacuous
        : KillRunVerdict.Passed;
}
