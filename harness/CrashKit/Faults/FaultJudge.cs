using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>
/// What a store may have after a fault: what it may have after a crash. Where the disk lied (a write was lost or went astray that nobody reads back) the engine was told that something
/// is there which is not: then it may refuse with a typed error or report what it misses (records the state does not depend on among it), and at the end of the log, where nothing above proves it, lack it.
/// </summary>
internal static class FaultJudge
{
    /// <summary>Holds the contents of an open store against a run.</summary>
    /// <param name="history">What the run did.</param>
    /// <param name="found">What the store has.</param>
    /// <param name="cut">When the run ended.</param>
    /// <param name="point">What failed, or null.</param>
    /// <param name="faulted">The run in which it did.</param>
    /// <param name="report">What recovery says.</param>
    /// <param name="files">The disk.</param>
    /// <param name="now">When the store was opened, where that was in another run than the one it is held against: what failed since then may have harmed what that one had left.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Judge(RunHistory history, FoundContents found, long cut, FaultPoint? point, FaultRun faulted, RecoveryReport report, IFileSystem files, long? now = null)
    {
        string? message = history.Judge(found, cut);
        bool mayBeShort = message is not null && point is { Lies: true } && faulted.Disk.FiredAt < (now ?? cut);
        return mayBeShort && IsExcused(history, found, cut, point!.Kind, faulted, ReportsDamage(report) || HasSetSegmentAside(files)) ? null : message;
    }

    /// <summary>Whether what was found is all there may be: only then can what comes later be held against it.</summary>
    public static bool IsWhole(RunHistory history, FoundContents found, long cut, RecoveryReport report) =>
        found.HasRecords && !ReportsDamage(report) && history.Judge(found, cut) is null;

    /// <summary>Whether recovery said that something is amiss.</summary>
    public static bool ReportsDamage(RecoveryReport report) =>
        report.Findings.Any(finding => finding.Severity != FindingSeverity.Information);

    /// <summary>Recovers an image of a run's disk, on the caller's thread alone, and judges it.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? JudgeImage(SimulatedFileSystem image, FaultRun faulted, FaultPoint? point, long cut, bool isSameBoot)
    {
        RecordedRun run = faulted.PartAt(cut);
        if (point is not { Lies: true })
            return RecoveryJudge.Judge(image, run, cut, isSameBoot);
        WorkloadStates states = WorkloadStates.Of(run.Plan);
        PersistenceStore store;
        try
        {
            int boot = run.Start.Boot + (isSameBoot ? 0 : 1);
            store = PersistenceStore.Open(SimulatedHost.CreateInline(image, run.Plan.Seed, boot), RunPlan.Quiet(run.Plan.Options), states.All);
        }
        catch (StoreException)
        {
            return null;
        }

        using (store)
        {
            FoundContents found = ReadAfterLie(store, states, run.History.Writers.Count);
            (RecordedRun judged, long until) = run.WhoPromised(cut);
            return Judge(judged.History, found, until, point, faulted, store.RecoveryReport, image);
        }
    }

    /// <summary>Where the log cannot be read to its end, which is reported, the items are judged alone.</summary>
    public static FoundContents ReadAfterLie(PersistenceStore store, WorkloadStates states, int writers)
    {
        try
        {
            return FoundContents.Of(store, states, writers, withItems: true);
        }
        catch (StoreException)
        {
            return FoundContents.OfItems(states, writers);
        }
    }

    /// <summary>Whether a damaged segment that could not be archived was moved to quarantine, where health and integrity checks report it.</summary>
    private static bool HasSetSegmentAside(IFileSystem files)
    {
        HashSet<string> kept = [.. files.List(StoreFiles.Log).Select(static entry => entry.Name)];
        return files.List(StoreFiles.Quarantine).Any(entry => StoreFiles.FindSegmentSetAside(entry.Name) is string segment && !kept.Contains(segment));
    }

    private static bool IsExcused(RunHistory history, FoundContents found, long cut, FaultKind kind, FaultRun faulted, bool isReported)
    {
        // What went astray may have fallen on whatever was promised before; of a lost write only what it held is missing.
        long firedAt = Math.Min(faulted.Disk.FiredAt, cut);
        long unharmed = kind == FaultKind.LostWrite ? firedAt : 0;
        if (isReported)
            return history.Judge(found.WithoutRecords(), unharmed, cut) is null;
        bool isProven = cut > faulted.ProvenAt || history.HasPromisedSince(firedAt, cut);
        return !isProven && history.Judge(found, unharmed, cut) is null;
    }
}
