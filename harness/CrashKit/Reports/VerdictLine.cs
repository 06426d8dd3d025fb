using System.Globalization;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>A run in one line.</summary>
public static class VerdictLine
{
    /// <summary>How it stands.</summary>
    public static string Progress(KillRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Elapsed.TotalSeconds,5:F1} s  kills: {result.Kills}, acknowledged: {result.Acknowledged}, recovered: {result.Recovered}, lost: {result.Count(DiscrepancyKind.Lost)}, phantom: {result.Count(DiscrepancyKind.Phantom)}, {result.KillsPerMinute:F0} kills/min, in flight {result.InFlightShare:P0}");
    }

    /// <summary>How it ended.</summary>
    public static string Final(KillRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Word(result.Verdict)}: kills: {result.Kills}, verified: {result.Verified}, acknowledged: {result.Acknowledged}, recovered: {result.Recovered}, lost: {result.Count(DiscrepancyKind.Lost)}, phantom: {result.Count(DiscrepancyKind.Phantom)}, out of order: {result.Count(DiscrepancyKind.OutOfOrder)}, half batches: {result.Count(DiscrepancyKind.HalfBatch)}, in flight: {result.InFlightShare:P0}, {Upkeep(result)}{LookedBack(result)}{OfEntities(result)}{result.KillsPerMinute:F0} kills/min, seed {result.Options.Seed}");
    }

    /// <summary>A verdict as it stands at the beginning of the last line.</summary>
    public static string Word(KillRunVerdict verdict) => verdict switch
    {
        KillRunVerdict.Passed => "PASSED",
        KillRunVerdict.Convicted => "CONVICTED",
        KillRunVerdict.CouldNotRun => "COULD NOT RUN",
        _ => "VACUOUS",
    };

    /// <summary>What a person needs to know about a run that did not pass, one line each; nothing for one that did.</summary>
    public static IEnumerable<string> Explain(KillRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (string line in ExplainFindings(result))
            yield return line;
        if (result.Verdict != KillRunVerdict.Vacuous)
            yield break;
        foreach (string reason in result.VacuousBecause)
            yield return $"Vacuous: {reason}.";
    }

    /// <summary>Why there is no answer, and what was found.</summary>
    internal static IEnumerable<string> ExplainFindings(KillRunResult result)
    {
        if (result.WhyItCouldNotRun is string why)
            yield return $"Could not run: {why}";
        if (result.Failures.Count > 0)
        {
            Failure first = result.Failures[0];
            yield return $"First discrepancy: {first.Discrepancy}";
            yield return $"Seed: {result.Options.Seed}";
            yield return $"Store, kept as evidence: {first.StoreDirectory}";
            if (first.EvidenceFile is not null)
                yield return $"What was said, verified and found: {first.EvidenceFile}";
        }
    }

    /// <summary>In words, where a run was ended before it had an answer; else null.</summary>
    internal static string? WhyItCouldNotRun(bool wasInterrupted) => wasInterrupted ? KillRun.Interrupted : null;

    /// <summary>What stores did beside their operations.</summary>
    internal static string Upkeep(KillRunResult result) => result.Options.HasUpkeep
        ? string.Create(CultureInfo.InvariantCulture, $"increments: {result.Increments}, compactions: {result.Compactions}, archived segments: {result.ArchivedSegments}, backups: {result.Backups}, stores elsewhere: {result.StoresElsewhere} of {result.Stores}, ")
        : "";

    private static string OfEntities(KillRunResult result) => result.Options.HasEntities
        ? string.Create(CultureInfo.InvariantCulture, $"transfers over three tables: {Deed(result, EntityDeeds.Transfer)}, of several frames: {Deed(result, EntityDeeds.Spilled)}, changes of tables: {Deed(result, EntityDeeds.Schema)}, conflicts: {Deed(result, EntityDeeds.Conflict)}, ")
        : "";

    private static int Deed(KillRunResult result, string deed) => result.EntityDeeds.GetValueOrDefault(deed);

    private static string LookedBack(KillRunResult result) =>
        result.Options.LooksBack ? string.Create(CultureInfo.InvariantCulture, $"earlier states: {result.PastStates}, gone back: {result.GoneBack}, ") : "";
}
