using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Tests.Engine;
using Persistence.Wal;

namespace Persistence.Tests.Combinations;

/// <summary>Steps that ask a store what it has, and compare.</summary>
internal sealed class Checks(Subject subject)
{
    private readonly Targets _targets = new(subject);

    private History History => subject.History;

    /// <summary>The state as of an earlier commit, by its position, its time, or a checkpoint.</summary>
    public void ReadPast(Random random)
    {
        (RecoveryTarget target, Moment wanted, bool isPromised) = _targets.Draw(random);
        KeyValueState items = new();
        try
        {
            using PersistenceStore past = PersistenceStore.OpenReadOnly(subject.Host(), [items], target: target);
            StateCheck.Require(items, StateCheck.Reached(wanted, past.RecoveryReport.EndLsn), $"as of {target}");
        }
        catch (UnreachableTargetException e)
        {
            subject.RequireMayBeUnreachable(e, wanted, isPromised);
        }
    }

    public void ReadLog()
    {
        LogEntry[] entries = ReadWhatIsContiguous();
        History.NoteDurable();
        Moment[] read = [.. entries.Where(entry => entry.Type.Model != StateModelId.Engine).Select(entry => Find(entry.Lsn)).Distinct()];
        Moment[] path = [.. History.Head.Path().Where(moment => !moment.IsBeginning).Take(read.Length).Reverse()];
        CombinationException.Require(read.SequenceEqual(path), $"The log does not have the commits of its history one after the other: it has {read.Length} from {read.FirstOrDefault()} to {read.LastOrDefault()}, and {path.FirstOrDefault()} to {path.LastOrDefault()} are there.");
        CombinationException.Require(!subject.Settings.KeepsAll || read.Length == History.Head.Path().Count() - 1, $"The log begins with {read.FirstOrDefault()}, though all of it is kept.");
        string[] notes = [.. entries.Where(entry => entry.Type == RecordType.ApplicationRecord).Select(ArchiveStore.Text)];
        string[] expected = [.. History.Head.Path().Select(moment => moment.Note).OfType<string>().Take(notes.Length).Reverse()];
        CombinationException.Require(notes.SequenceEqual(expected), $"The application records are not those that were appended.");
    }

    /// <summary>From behind what was not archived while that was off.</summary>
    private LogEntry[] ReadWhatIsContiguous()
    {
        for (Lsn from = Lsn.None; ;)
        {
            try
            {
                return [.. subject.Store.ReadLog(from)];
            }
            catch (LogTruncatedException e) when (subject.Settings.MayArchiveHaveGaps && e.To > from)
            {
                from = e.To;
            }
        }
    }

    /// <summary>What a reader finds that opens the store meanwhile.</summary>
    public void ReadBeside()
    {
        KeyValueState items = new();
        using PersistenceStore reader = PersistenceStore.OpenReadOnly(subject.Host(), [items]);
        StateCheck.FindRecovered(items, reader.RecoveryReport.EndLsn, [(History.Head, History.Durable)]);
    }

    public void Inspect()
    {
        RequireWhole(subject.Disks);
        HashSet<long> unusable = [.. PersistenceStore.VerifyCheckpoints(subject.Host()).Where(found => !found.IsUsable).Select(found => found.Id)];
        if (unusable.Count > 0)
            CombinationException.Require(unusable.Max() < CheckpointChains.OldestTip(subject.Root.Checkpoints).Id, $"Checkpoint {unusable.Max()} cannot be used.");
        HealthReport health = subject.Store.CheckHealth();
        CombinationException.Require(subject.IsFull || subject.WasEverFull || health.Status != HealthStatus.Unhealthy, $"The store is {health.Status}.");
    }

    public void RequireWhole(CombinedDisks disks)
    {
        IntegrityReport report = StoreInspector.Inspect(subject.Host(disks));
        RecoveryFinding? bad = report.Findings.FirstOrDefault(finding => finding.Severity != FindingSeverity.Information && !IsGapInArchive(finding));
        CombinationException.Require(bad is null, $"A check of all files finds {bad?.Kind}: {bad?.Message}");
    }

    /// <summary>A checkpoint lets go of what is no longer needed or kept.</summary>
    public static void RequireLogRetired(Subject subject, int? keep)
    {
        RootRecord root = subject.Root;
        int chains = keep ?? (int)subject.Settings.Number("checkpoint.retained");
        CombinationException.Require(CheckpointChains.Count(root.Checkpoints) <= chains, $"{CheckpointChains.Count(root.Checkpoints)} chains are listed, not {chains}.");
        if (subject.IsFull || subject.Settings.Archives || CheckpointChains.Count(root.Checkpoints) < chains)
            return;
        IReadOnlyList<SegmentInfo> segments = subject.Segments();
        Lsn needed = CheckpointChains.OldestTip(root.Checkpoints).RedoFrom;
        // The note of the checkpoint is written after it, and may have begun a segment.
        bool isOver = segments.SkipLast(1).Sum(segment => segment.FileBytes) > subject.Settings.Number("log.retain_bytes");
        CombinationException.Require(!isOver || segments[0].Sequence >= root.OldestNeededSequence || segments[0].Header!.NextFirstLsn > needed, $"Segment {segments[0].Sequence} of {segments.Count}, which ends at {segments[0].Header!.NextFirstLsn}, stays, though the log is needed from {needed} ({root.OldestNeededLsn}), and takes {segments.Sum(segment => segment.FileBytes)}.");
    }

    /// <summary>What was to be done in the background is done.</summary>
    public static void RequireSettled(Subject subject)
    {
        if (subject.IsFull || subject.WasEverFull)
            return;
        StoreStatus status = subject.Store.GetStatus();
        CombinationException.Require(status.Degraded is null, $"The store is degraded: {status.Degraded}");
        if (!subject.Settings.Archives || subject.Settings.Number("archive.retain_files") == 0)
            return;
        RootRecord root = subject.Root;
        ArchiveName[] files = [.. ArchiveCatalog.List(subject.Disks.DiskOf(subject.PlaceOf("archive")))];
        if (files.Length > subject.Settings.Number("archive.retain_files"))
            CombinationException.Require(files[0].End > root.OldestNeededLsn, $"The archive has {files.Length} files, of which the oldest ends at LSN {files[0].End}, below all that is needed.");
    }

    private bool IsGapInArchive(RecoveryFinding finding) => subject.Settings.MayArchiveHaveGaps && finding is { Kind: FindingKind.SequenceGap, Severity: FindingSeverity.Warning, File: null };

    private Moment Find(Lsn lsn) => History.Holding(lsn) ?? throw new CombinationException($"The log has a record at LSN {lsn} that nobody has committed.");
}
