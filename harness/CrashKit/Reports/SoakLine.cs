using System.Globalization;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Soak;

namespace Persistence.CrashKit.Reports;

/// <summary>A soak in one line.</summary>
public static class SoakLine
{
    /// <summary>How it stands.</summary>
    public static string Progress(SoakResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Run.Elapsed.TotalSeconds,7:F1} s  {Counts(result)}, worker: {Mebibytes(result.Last.WorkerBytes)}, harness: {Mebibytes(result.Last.HarnessBytes)}, disk: {Mebibytes(result.Last.DiskBytes)} ({result.Last.Disk})");
    }

    /// <summary>How it ended.</summary>
    public static string Final(SoakResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        string end = result.WasInterrupted ? " (interrupted)" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{VerdictLine.Word(result.Verdict)}{end}: {result.Run.Elapsed.TotalSeconds:F0} s, {Counts(result)}, out of order: {result.Run.Count(DiscrepancyKind.OutOfOrder)}, {Upkeep(result)}worker at most: {Mebibytes(result.PeakBytes)}, at the end: {Mebibytes(result.Last.WorkerBytes)}, disk at most: {Mebibytes(result.DiskBytesMax)}, at the end: {Mebibytes(result.Last.DiskBytes)} ({result.Last.Disk}), seed {result.Options.Run.Seed}");
    }

    /// <summary>What a person needs to know about the end of a run: what was found, whether memory and disk are flat, why it does not count.</summary>
    public static IEnumerable<string> Explain(SoakResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (string line in VerdictLine.ExplainFindings(result.Run))
            yield return line;
        foreach (Flatness flatness in result.Flatness)
            yield return $"{(flatness.IsGrowing ? "Grows" : flatness.WhyNotJudged is null ? "Flat" : "Not judged")}: {flatness}.";
        if (result.Verdict != Runs.KillRunVerdict.Vacuous)
            yield break;
        foreach (string reason in result.VacuousBecause)
            yield return $"Vacuous: {reason}.";
    }

    private static string Counts(SoakResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"operations: {result.Operations}, checkpoints: {result.Checkpoints}, restarts: {result.Restarts} (kills: {result.Run.Kills}), lost: {result.Run.Count(DiscrepancyKind.Lost)}, phantom: {result.Run.Count(DiscrepancyKind.Phantom)}");

    private static string Upkeep(SoakResult result) => result.Options.Run.HasUpkeep
        ? string.Create(CultureInfo.InvariantCulture, $"increments: {result.Run.Increments}, compactions: {result.Run.Compactions}, archived segments: {result.Run.ArchivedSegments}, ")
        : "";

    private static string Mebibytes(long bytes) => Flatness.Mebibytes(bytes);
}
