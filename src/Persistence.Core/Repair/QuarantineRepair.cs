using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>Moves files to quarantine that are damaged, or another store's, and that the state does not need; then the store is opened and closed, strictly. Whether it can be is found out first.</summary>
internal sealed class QuarantineRepair(StoreHost store, RepairRequest request)
{
    private static readonly string[] Directories = [SegmentNames.Directory, CheckpointNames.Directory, ArchiveName.Directory];

    public RepairReport Run()
    {
        // A repair that is refused leaves no lock's file behind.
        if (request.IsPlan || !StoreLock.Exists(store.Files))
        {
            (RepairReport plan, HashSet<string> planned) = Find();
            if (request.IsPlan)
                return plan with { Actions = (string[])[.. planned.Select(static path => $"'{path}' would be moved to quarantine."), .. plan.Actions] };
        }

        StoreOptions options = ConfigurationFile.Load(store, request.Given ?? OptionOverrides.None).Options;
        RepairReport report;
        HashSet<string> paths;
        List<string> moved;
        // From before the damage is looked for: a writer may have taken it away, or made something else in its place.
        using (store.AcquireLock(options.LockTimeoutMs))
        {
            (report, paths) = Find();
            moved = Move(paths, options);
        }

        RecoveryReport recovery = StoreRepair.Open(store, request, RecoveryMode.Strict);
        return report with
        {
            Applied = true,
            Quarantined = (string[])[.. moved, .. recovery.Quarantined],
            Actions = (string[])[.. paths.Select(static path => $"'{path}' was moved to quarantine."), .. recovery.Actions],
            Duration = report.Duration + recovery.Duration,
        };
    }

    private (RepairReport Report, HashSet<string> Paths) Find()
    {
        IntegrityReport found = StoreInspector.Inspect(store, request.Progress);
        RecoveryFinding[] damaged = [.. found.Findings.Where(IsToBeMoved).DistinctBy(static finding => finding.File)];
        HashSet<string> paths = [.. damaged.Select(static finding => finding.File!)];
        RepairReport report = StoreRepair.ToReport(RepairMode.Quarantine, Plan(paths)) with
        {
            DamagedRanges = damaged.Select(static finding => new DamagedRange(finding.File!, finding.Offset ?? 0, finding.Lsn, null, finding.Message.TrimEnd('.'), IsNeeded: false)).ToArray(),
            LeftOut = damaged.Where(static finding => finding.File!.StartsWith(SegmentNames.Directory, StringComparison.Ordinal) || finding.File!.StartsWith(ArchiveName.Directory, StringComparison.Ordinal)).Select(static finding => $"The log that '{finding.File}' held, and what of it lies before, can no longer be read; the state is whole.").ToArray(),
        };
        return (report, paths);
    }

    private bool IsToBeMoved(RecoveryFinding finding) =>
        finding.Kind is FindingKind.DamageNotNeeded or FindingKind.CheckpointInvalid or FindingKind.ForeignFile or FindingKind.ArchiveDamaged
        && finding.File is string path && Directories.Any(directory => path.StartsWith($"{directory}/", StringComparison.Ordinal)) && store.Files.TryGetLength(path) is not null;

    /// <summary>Strictly, and without these files: what that does not put up with is not to be repaired this way.</summary>
    private RecoveryReport Plan(HashSet<string> paths) =>
        StoreRepair.Open(store with { Files = new HiddenFiles(store.Files, paths), HasAllDirectories = true }, request with { IsPlan = true }, RecoveryMode.Strict);

    /// <summary>None is lost for want of room there: whoever empties the quarantine is a person.</summary>
    private List<string> Move(HashSet<string> paths, StoreOptions options)
    {
        Quarantine quarantine = new(store.Files, options.QuarantineFilesMax, options.QuarantineBytesMax);
        foreach (string path in paths)
            quarantine.Move(path);
        return [.. quarantine.Added];
    }
}
