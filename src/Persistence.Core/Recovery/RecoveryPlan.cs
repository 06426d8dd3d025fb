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

    /// <summary>Plans.</summary>
    /// <param name="root">ROOT, read or rebuilt.</param>
    /// <param name="catalog">The segments.</param>
    /// <param name="mode">How much damage to put up with.</param>
    /// <exception cref="StoreException">The active segment is missing or damaged and the mode does not put up with it.</exception>
    public static RecoveryPlan Decide(RootRecord root, SegmentCatalog catalog, RecoveryMode mode)
    {
        List<RecoveryFinding> findings = [];
        SegmentInfo newest = FindNewest(root, catalog, mode, findings, out List<SegmentInfo> neverUsed);
        List<SegmentInfo> chain = FollowBack(newest, catalog, out StoreException? gap);
        List<StartingPoint> points = [];
        for (int i = root.Checkpoints.Count - 1; i >= 0; i--)
            points.Add(FromCheckpoint(root.Checkpoints, i, chain, gap));
        points.Add(FromBeginning(chain, gap));
        return new RecoveryPlan
        {
            StartingPoints = points,
            Newest = newest,
            OldestReadableLsn = chain[0].Header!.FirstFrameLsn,
            Gap = gap,
            NeverUsed = neverUsed,
            GreatestSequence = Math.Max(root.ActiveSequence, catalog.Segments.Max(segment => segment.Sequence)),
            GreatestEpoch = Math.Max(root.Epoch, catalog.Segments.Max(segment => segment.Header?.Epoch ?? 0)),
            FreeLsn = FindFreeLsn(root, catalog, newest),
            Findings = findings,
        };
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
        RootRecord root, SegmentCatalog catalog, RecoveryMode mode, List<RecoveryFinding> findings, out List<SegmentInfo> neverUsed)
    {
        neverUsed = [];
        // What cannot be read now may hold the end of the log: unlike damage, no mode goes on without it.
        if (catalog.Segments.FirstOrDefault(segment => segment.Sequence >= root.ActiveSequence && segment.Unreadable is not null) is { Unreadable: StorageException unreadable })
            throw unreadable;
        SegmentInfo? active = catalog.Segments.FirstOrDefault(segment => segment.Sequence == root.ActiveSequence);
        SegmentInfo? newest = active;
        if (active?.Header is null || active.Header.Salt != root.ActiveSalt || active.Header.FirstLsn != root.ActiveFirstLsn)
        {
            newest = ReplaceActive(root, active, catalog, mode, findings);
            if (active is not null)
                neverUsed.Add(active);
        }

        foreach (SegmentInfo later in catalog.Segments.Where(segment => segment.Sequence > root.ActiveSequence))
        {
            if (later.Header is SegmentHeader header && Continues(header, newest!.Header!))
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
        RootRecord root, SegmentInfo? found, SegmentCatalog catalog, RecoveryMode mode, List<RecoveryFinding> findings)
    {
        string path = SegmentNames.Path(root.ActiveSequence);
        SegmentInfo? previous = catalog.Segments.LastOrDefault(segment => segment.Sequence < root.ActiveSequence && (segment.Header is not null || segment.Unreadable is not null));
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

    private static bool Continues(SegmentHeader header, SegmentHeader previous) =>
        header.PreviousSequence == previous.Sequence
#if MUTANTS
        && (header.FirstLsn >= previous.NextFirstLsn || Mutants.Is(Mutants.LsnReused))
#else
        && header.FirstLsn >= previous.NextFirstLsn
#endif
        && header.PreviousEnd >= previous.FirstFrameLsn
        && header.PreviousEnd <= previous.NextFirstLsn
        && header.Epoch >= previous.Epoch;

    private static List<SegmentInfo> FollowBack(SegmentInfo newest, SegmentCatalog catalog, out StoreException? gap)
    {
        Dictionary<long, SegmentInfo> bySequence = catalog.Segments.ToDictionary(segment => segment.Sequence);
        List<SegmentInfo> chain = [newest];
        SegmentHeader header = newest.Header!;
        gap = null;
        while (header.PreviousSequence != 0)
        {
            string path = SegmentNames.Path(header.PreviousSequence);
            bySequence.TryGetValue(header.PreviousSequence, out SegmentInfo? previous);
            SegmentInfo? copy = FindCopy(header, catalog.Archived);
            if (copy is not null)
                previous = previous?.Header is not null && Continues(header, previous.Header) ? previous with { Copy = copy } : copy;
            if (previous is null)
            {
                gap = new StoreException(StoreError.SequenceGap, $"Segment '{path}' is missing.") { File = path, Position = header.PreviousEnd.Value };
                break;
            }

            if (previous.Header is null || !Continues(header, previous.Header))
            {
                gap = previous.Unreadable ?? new StoreException(StoreError.ChecksumMismatch, $"The header of segment '{path}' is damaged, or does not belong where its name puts it.") { File = path, Offset = 0 };
                break;
            }

            chain.Add(previous);
            header = previous.Header;
        }

        chain.Reverse();
        return chain;
    }

    /// <summary>The archived segment that a header continues, to the frame.</summary>
    private static SegmentInfo? FindCopy(SegmentHeader header, IReadOnlyList<SegmentInfo> archived) => archived.FirstOrDefault(segment =>
        segment.Sequence == header.PreviousSequence && Continues(header, segment.Header!) && segment.Archived!.End == new LogPosition(header.PreviousEnd, header.PreviousLink));

    private static StartingPoint FromCheckpoint(IReadOnlyList<RootCheckpoint> listed, int index, List<SegmentInfo> chain, StoreException? gap)
    {
        RootCheckpoint checkpoint = listed[index];
        SegmentHeader oldest = chain[0].Header!;
        bool covered = checkpoint.RedoFrom >= oldest.FirstFrameLsn || checkpoint.RedoFrom >= oldest.PreviousEnd;
        // The newest segment may be full to its last byte when the checkpoint is taken: then replay starts, and may end, right there.
        List<SegmentInfo> needed = [.. chain.Where(segment => segment.Header!.NextFirstLsn > checkpoint.RedoFrom)];
        if (needed.Count == 0 && chain[^1].Header!.NextFirstLsn == checkpoint.RedoFrom)
            needed.Add(chain[^1]);
        StoreException? refusal = !covered ? gap : needed.Count == 0
            ? new StoreException(StoreError.DurabilityLost, $"The log ends before checkpoint {checkpoint.Id}.") { Position = checkpoint.RedoFrom.Value }
            : null;
        IReadOnlyList<RootCheckpoint>? loaded = CheckpointChains.To(listed, index);
        refusal ??= loaded is null ? new StoreException(StoreError.CheckpointInvalid, $"Checkpoint {checkpoint.Id} is an increment, and the full checkpoint it builds on is not listed.") : null;
        return new StartingPoint(loaded ?? [checkpoint], checkpoint.RedoFrom, needed, refusal);
    }

    private static StartingPoint FromBeginning(List<SegmentInfo> chain, StoreException? gap) =>
        new([], chain[0].Header!.FirstFrameLsn, chain, chain[0].Header!.PreviousSequence == 0 ? null : gap);
}
