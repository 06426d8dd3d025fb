using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// What recovery intends, from ROOT and the segments' headers alone: values in, decision out, nothing read and nothing
/// written.
/// </summary>
internal sealed record RecoveryPlan
{
    /// <summary>Ways to rebuild the state, best first.</summary>
    public required IReadOnlyList<StartingPoint> StartingPoints { get; init; }

    /// <summary>The segment with the open end.</summary>
    public required SegmentInfo Newest { get; init; }

    /// <summary>From here to its end the log is contiguous.</summary>
    public required Lsn OldestReadableLsn { get; init; }

    /// <summary>Why it is not contiguous before that, or null where it begins there.</summary>
    public required StoreException? Gap { get; init; }

    /// <summary>Segments that were prepared and never used, or are abandoned: to be moved to quarantine.</summary>
    public required IReadOnlyList<SegmentInfo> NeverUsed { get; init; }

    /// <summary>Above every LSN that may ever have been used: where a new segment begins.</summary>
    public required Lsn FreeLsn { get; init; }

    /// <summary>The greatest sequence seen under any name.</summary>
    public required long GreatestSequence { get; init; }

    /// <summary>The greatest epoch seen.</summary>
    public required long GreatestEpoch { get; init; }

    /// <summary>What was noticed while planning.</summary>
    public required IReadOnlyList<RecoveryFinding> Findings { get; init; }

    /// <summary>The current history.</summary>
    public required LogPath Current { get; init; }

    /// <summary>The history that is replayed: the current one, or the one that leads to the target.</summary>
    public required LogPath Path { get; init; }

    /// <summary>Where replay stops, or null for the end of the log.</summary>
    public required Lsn? Target { get; init; }

    /// <summary>What ROOT says of the history that is replayed.</summary>
    public required RootRecord Root { get; init; }

    /// <summary>Plans.</summary>
    /// <param name="root">ROOT, read or rebuilt.</param>
    /// <param name="catalog">The segments.</param>
    /// <param name="mode">How much damage to put up with.</param>
    /// <param name="target">Where to stop, or null.</param>
    /// <exception cref="StoreException">The active segment is missing or damaged and the mode does not put up with it; or the target cannot be reached.</exception>
    public static RecoveryPlan Decide(RootRecord root, SegmentCatalog catalog, RecoveryMode mode, Lsn? target = null)
    {
        List<RecoveryFinding> findings = [];
        SegmentInfo newest = FindNewest(root, catalog, mode, findings, out List<SegmentInfo> neverUsed, out Lsn? fork);
        LogPath current = LogPath.To(newest, catalog);
        target ??= fork;
        LogPath? path = target is Lsn lsn ? TargetPath.Find(current, catalog, neverUsed, lsn) : current;
        if (path is null)
            throw TargetPath.NotThere(current, target!.Value, FindOldestState(root, current), ReachableTo(root, current));
        List<StartingPoint> points = FindStartingPoints(root, path, target);
        RequireOne(points, root, current, target);
        return new RecoveryPlan
        {
            StartingPoints = points,
            Newest = newest,
            OldestReadableLsn = path.Segments[0].Header!.FirstFrameLsn,
            Gap = path.Gap,
            NeverUsed = neverUsed,
            GreatestSequence = Math.Max(root.ActiveSequence, catalog.Segments.Max(segment => segment.Sequence)),
            GreatestEpoch = Math.Max(root.Epoch, catalog.Segments.Max(segment => segment.Header?.Epoch ?? 0)),
            FreeLsn = FindFreeLsn(root, catalog, newest),
            Findings = findings,
            Current = current,
            Path = path,
            Target = target,
            Root = target is null ? root : TargetPath.RootFor(path, current, catalog, root),
        };
    }

    /// <summary>The earliest position of a history whose state can be rebuilt.</summary>
    public static Lsn FindOldestState(RootRecord root, LogPath path) => FindStartingPoints(root, path, target: null)
        .Where(point => point.Refusal is null)
        .Aggregate(Lsn.Max, (oldest, point) => Lsn.Earlier(oldest, point.Checkpoint?.End ?? point.RedoFrom));

    /// <summary>How far the current history reaches at least.</summary>
    public static Lsn ReachableTo(RootRecord root, LogPath current) => Lsn.Later(root.DurableFloor, current.Last.Header!.FirstFrameLsn);

    private static List<StartingPoint> FindStartingPoints(RootRecord root, LogPath path, Lsn? target)
    {
        List<StartingPoint> points = [];
        for (int i = root.Checkpoints.Count - 1; i >= 0; i--)
        {
            if (target is not Lsn lsn || (root.Checkpoints[i].End <= lsn && path.Holds(root.Checkpoints[i].End)))
                points.Add(FromCheckpoint(root.Checkpoints, i, path));
        }

        points.Add(FromBeginning(path));
        return points;
    }

    /// <summary>Without any way to the target left, what retention took is told apart from what is missing or damaged.</summary>
    private static void RequireOne(List<StartingPoint> points, RootRecord root, LogPath current, Lsn? target)
    {
        if (target is not Lsn lsn || points.Exists(static point => point.Refusal is null))
            return;
        StartingPoint beginning = points[^1];
        SegmentHeader oldest = beginning.Segments[0].Header!;
        // Of a history that was left nothing is needed, whatever the current one needs.
        bool isRetired = beginning.Refusal!.Error == StoreError.SequenceGap && (oldest.PreviousSequence < root.OldestNeededSequence || current.IndexOf(oldest) is null);
        throw isRetired
            ? new UnreachableTargetException(StoreError.LogTruncated, lsn, FindOldestState(root, current), ReachableTo(root, current), "the log that leads there is no longer kept")
            : beginning.Refusal;
    }

    /// <summary>Above every segment there is, abandoned ones included. A lost one may have been as large as a segment can be, and a checkpoint may know of positions in it.</summary>
    private static Lsn FindFreeLsn(RootRecord root, SegmentCatalog catalog, SegmentInfo newest)
    {
        Lsn known = catalog.Segments.Aggregate(root.FreeLsn, (last, segment) => Lsn.Later(last, segment.Header?.NextFirstLsn ?? Lsn.None));
        known = root.Checkpoints.Aggregate(known, (last, checkpoint) => Lsn.Later(last, checkpoint.End));
        return newest.Sequence >= root.ActiveSequence ? known : Lsn.Later(known, root.ActiveFirstLsn + SegmentHeader.SizeBytesMax);
    }

    /// <summary>The active segment ROOT names, or a later one that continues it (FORMAT.md §5.4).</summary>
    private static SegmentInfo FindNewest(
        RootRecord root, SegmentCatalog catalog, RecoveryMode mode, List<RecoveryFinding> findings, out List<SegmentInfo> neverUsed, out Lsn? fork)
    {
        neverUsed = [];
        fork = null;
        // What cannot be read now may hold the end of the log: unlike damage, no mode goes on without it.
        if (catalog.Segments.FirstOrDefault(segment => segment.Sequence >= root.ActiveSequence && segment.Unreadable is not null) is { Unreadable: StorageException unreadable })
            throw unreadable;
        SegmentInfo? active = catalog.Segments.FirstOrDefault(segment => segment.Sequence == root.ActiveSequence);
        SegmentInfo? newest = active;
        if (active?.Header is null || active.Header.Salt != root.ActiveSalt || active.Header.FirstLsn != root.ActiveFirstLsn)
        {
            newest = ReplaceActive(root, active, catalog, mode, findings, out fork);
            if (active is not null)
                neverUsed.Add(active);
        }

        foreach (SegmentInfo later in catalog.Segments.Where(segment => segment.Sequence > root.ActiveSequence))
        {
            if (later.Header is SegmentHeader { BeginsBranch: false } header && LogPath.Continues(header, newest!.Header!))
            {
                newest = later;
            }
            else
            {
                neverUsed.Add(later);
                findings.Add(Abandon(later, activeIsLost: !ReferenceEquals(active, newest) && newest!.Sequence < root.ActiveSequence));
            }
        }

        return newest!;
    }

    private static RecoveryFinding Abandon(SegmentInfo segment, bool activeIsLost) => activeIsLost
        ? new RecoveryFinding(FindingKind.Damage, FindingSeverity.Error, $"'{segment.Path}' follows the lost active segment and is abandoned with it.") { File = segment.Path }
        : new RecoveryFinding(FindingKind.SegmentNeverUsed, FindingSeverity.Information, $"'{segment.Path}' was prepared and never used.") { File = segment.Path };

    private static SegmentInfo ReplaceActive(
        RootRecord root, SegmentInfo? found, SegmentCatalog catalog, RecoveryMode mode, List<RecoveryFinding> findings, out Lsn? fork)
    {
        // What comes before the first segment of a branch is not what was written before it.
        fork = root.Branches.Count > 0 && root.Branches[^1].First == root.ActiveFirstLsn ? root.Branches[^1].ForkedAt : null;
        Lsn below = fork ?? Lsn.Max;
        string path = SegmentNames.Path(root.ActiveSequence);
        SegmentInfo? previous = catalog.Segments.LastOrDefault(segment => segment.Sequence < root.ActiveSequence && !(segment.Header?.FirstFrameLsn > below) && (segment.Header is not null || segment.Unreadable is not null));
        if (previous?.Unreadable is StorageException unreadable)
            throw unreadable;
        string nothingLeft = previous is null ? " No other segment is left to go on with: without it no recovery mode can open the store." : "";
        StoreException error = found is null
            ? new StoreException(StoreError.SequenceGap, $"The active segment '{path}' is missing.{nothingLeft}") { File = path, Position = root.ActiveFirstLsn.Value }
            : new StoreException(StoreError.ChecksumMismatch, $"The header of the active segment '{path}' is damaged, or the file is not the one ROOT names.{nothingLeft}") { File = path, Offset = 0, Position = root.ActiveFirstLsn.Value };
        if (mode == RecoveryMode.Strict || previous is null)
            throw error;
        findings.Add(new RecoveryFinding(FindingKind.Damage, FindingSeverity.Error, error.Message) { File = path, Lsn = root.ActiveFirstLsn });
        return previous;
    }

    private static StartingPoint FromCheckpoint(IReadOnlyList<RootCheckpoint> listed, int index, LogPath path)
    {
        IReadOnlyList<SegmentInfo> chain = path.Segments;
        RootCheckpoint checkpoint = listed[index];
        SegmentHeader oldest = chain[0].Header!;
        bool covered = checkpoint.RedoFrom >= oldest.FirstFrameLsn || checkpoint.RedoFrom >= oldest.PreviousEnd;
        // The newest segment may be full to its last byte when the checkpoint is taken: then replay starts, and may end, right there.
        List<SegmentInfo> needed = [.. chain.Where(segment => segment.Header!.NextFirstLsn > checkpoint.RedoFrom)];
        if (needed.Count == 0 && chain[^1].Header!.NextFirstLsn == checkpoint.RedoFrom)
            needed.Add(chain[^1]);
        StoreException? refusal = !covered ? path.Gap : needed.Count == 0
            ? new StoreException(StoreError.DurabilityLost, $"The log ends before checkpoint {checkpoint.Id}.") { Position = checkpoint.RedoFrom.Value }
            : null;
        IReadOnlyList<RootCheckpoint>? loaded = CheckpointChains.To(listed, index);
        refusal ??= loaded is null ? new StoreException(StoreError.CheckpointInvalid, $"Checkpoint {checkpoint.Id} is an increment, and the full checkpoint it builds on is not listed.") : null;
        return new StartingPoint(loaded ?? (RootCheckpoint[])[checkpoint], checkpoint.RedoFrom, needed, refusal) { Successor = path.Successor };
    }

    private static StartingPoint FromBeginning(LogPath path)
    {
        SegmentHeader oldest = path.Segments[0].Header!;
        return new StartingPoint([], oldest.FirstFrameLsn, path.Segments, oldest.PreviousSequence == 0 ? null : path.Gap) { Successor = path.Successor };
    }
}
