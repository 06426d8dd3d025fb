using System.Globalization;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>A kill run of hosts of terminals in one line.</summary>
public static class TerminalLine
{
    private const double Mebibyte = 1 << 20;

    /// <summary>How it stands.</summary>
    public static string Progress(TerminalRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return $"{VerdictLine.Progress(result.Run)}, {Terminals(result)}";
    }

    /// <summary>How it ended.</summary>
    public static string Final(TerminalRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        KillRunResult run = result.Run;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{VerdictLine.Word(result.Verdict)}: kills: {run.Kills}, verified: {run.Verified}, acknowledged: {run.Acknowledged}, recovered: {run.Recovered}, lost: {run.Count(DiscrepancyKind.Lost)}, phantom: {run.Count(DiscrepancyKind.Phantom)}, out of order: {run.Count(DiscrepancyKind.OutOfOrder)}, left behind: {run.Count(DiscrepancyKind.LeftBehind)}, in flight: {run.InFlightShare:P0}, {Terminals(result)}, left exited: {result.PanesLeftExited}, checkpoints: {result.FullCheckpoints} full and {result.Increments} increments, rolls: {result.Rolls}, clean closes: {result.CleanCloses}, {run.KillsPerMinute:F0} kills/min, seed {run.Options.Seed}");
    }

    /// <summary>What a person needs to know about a run that did not pass, one line each; nothing for one that did.</summary>
    public static IEnumerable<string> Explain(TerminalRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (string line in VerdictLine.ExplainFindings(result.Run))
            yield return line;
        if (result.Verdict != KillRunVerdict.Vacuous)
            yield break;
        foreach (string reason in result.VacuousBecause)
            yield return $"Vacuous: {reason}.";
    }

    /// <summary>What became of each program that was started again. The last figure counts those that are being waited for; at the end of a run that found nothing it is 0, and left out.</summary>
    private static string Answers(TerminalRunResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Answers} answered an echo, {result.PanesKilledUnasked} had their host killed before it took requests{(result.PanesUnanswered == 0 ? "" : $", {result.PanesUnanswered} not answered yet")}");

    private static string Terminals(TerminalRunResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"output acknowledged: {result.OutputBytesAcknowledged / Mebibyte:F1} MiB, recovered: {result.OutputBytesRecovered / Mebibyte:F1} MiB, panes respawned: {result.PanesRespawned} ({Answers(result)})");
}
