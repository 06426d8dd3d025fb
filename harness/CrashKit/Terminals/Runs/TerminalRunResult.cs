using System.Globalization;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>What a kill run of hosts of terminals did and found; also how it stands while it runs.</summary>
public sealed record TerminalRunResult
{
    // Fewer kills may leave it to chance what a store comes to.
    private const int KillsMin = 10;
    private const int ManyKillsMin = 50;

    /// <summary>What was asked for.</summary>
    public required TerminalRunOptions Options { get; init; }

    /// <summary>The kills and what was judged; acknowledged and recovered are requests that change sessions, windows and panes.</summary>
    public required KillRunResult Run { get; init; }

    /// <summary>Bytes of output that hosts had told of before they were killed.</summary>
    public long OutputBytesAcknowledged { get; init; }

    /// <summary>Bytes of output found after the kills: those, and what was logged and not told yet.</summary>
    public long OutputBytesRecovered { get; init; }

    /// <summary>Programs started again after a kill or a close, as far as the harness heard of it from the host.</summary>
    public long PanesRespawned { get; init; }

    /// <summary>Panes that were found exited after a kill, and left so.</summary>
    public long PanesLeftExited { get; init; }

    /// <summary>Programs started again that answered: each of those whose host was not killed before it took requests has to, before anything else is asked of it.</summary>
    public long Answers { get; init; }

    /// <summary>Programs started again whose host was killed before it took requests: none of them was asked.</summary>
    public long PanesKilledUnasked { get; init; }

    /// <summary>Programs started again of which it is not known that they answered, though they had to. In a run that has ended and found nothing there is none.</summary>
    public long PanesUnanswered => PanesRespawned - Answers - PanesKilledUnasked;

    /// <summary>Hosts that started programs again, all of which answered.</summary>
    public int HostsAnswered { get; init; }

    /// <summary>Panes whose program could not be started again, and which were reported.</summary>
    public long PanesNotStartable { get; init; }

    /// <summary>Panes whose directory was gone, and which were reported.</summary>
    public long DirectoriesLost { get; init; }

    /// <summary>Kills while the store was opened, or created.</summary>
    public int KillsWhileOpening { get; init; }

    /// <summary>Kills while panes were restored.</summary>
    public int KillsWhileRestoring { get; init; }

    /// <summary>Programs killed with their process groups, under a living host.</summary>
    public int ProgramsKilled { get; init; }

    /// <summary>Full checkpoints found in stores after kills, and taken when asked for.</summary>
    public int FullCheckpoints { get; init; }

    /// <summary>Increments that were taken when asked for.</summary>
    public int Increments { get; init; }

    /// <summary>Log segments begun.</summary>
    public long Rolls { get; init; }

    /// <summary>Hosts that were told to end, and closed their store.</summary>
    public int CleanCloses { get; init; }

    /// <summary>What the run failed to test; nothing when it counts.</summary>
    public IReadOnlyList<string> VacuousBecause => [.. Run.VacuousBecause, .. FindMissing()];

    /// <summary>The answer.</summary>
    public KillRunVerdict Verdict =>
        Run.Failures.Count > 0 ? KillRunVerdict.Convicted
        : Run.WhyItCouldNotRun is not null ? KillRunVerdict.CouldNotRun
        : VacuousBecause.Count > 0 ? KillRunVerdict.Vacuous
        : KillRunVerdict.Passed;

    private IEnumerable<string> FindMissing()
    {
        if (OutputBytesAcknowledged == 0)
            yield return "no output was acknowledged";
        if (PanesRespawned == 0 || Answers == 0)
            yield return "no pane was respawned and answered";
        if (PanesUnanswered != 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"of {PanesRespawned} respawned panes {PanesUnanswered} did not have to answer");
        if (CleanCloses == 0)
            yield return "no host closed its store";
        if (Run.Kills < KillsMin)
            yield break;
        if (2 * HostsAnswered < Run.Kills)
            yield return string.Create(CultureInfo.InvariantCulture, $"the respawned panes of only {HostsAnswered} hosts had to answer, in {Run.Kills} kills");
        if (FullCheckpoints == 0)
            yield return "no checkpoint was taken";
        if (Rolls == 0)
            yield return "no log was rolled";
        if (Run.Kills < ManyKillsMin)
            yield break;
        if (Increments == 0)
            yield return "no increment was taken";
        if (PanesLeftExited == 0)
            yield return "no pane was exited";
        if (KillsWhileOpening == 0)
            yield return "no host was killed while it opened its store";
        if (KillsWhileRestoring == 0)
            yield return "no host was killed while it restored panes";
        if (DirectoriesLost == 0)
            yield return "no directory was lost";
    }
}
