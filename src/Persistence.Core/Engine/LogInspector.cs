using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Verifies every retained segment, and goes on behind damage to find all of it.</summary>
internal sealed class LogInspector
{
    // What looks torn beside a writer may be a write that is still going on.
    private const int LooksMax = 4;
    private const int FramesPerReport = 0x1000;

    private readonly IFileSystem _files;
    private readonly RootRecord _root;
    private readonly List<RecoveryFinding> _findings;
    private readonly Action<RecoveryProgress>? _progress;
    private long _bytesTotal;

    public LogInspector(IFileSystem files, RootRecord root, List<RecoveryFinding> findings, Action<RecoveryProgress>? progress)
    {
        _files = files;
        _root = root;
        _findings = findings;
        _progress = progress;
        ProvenLsn = root.DurableFloor;
    }

    /// <summary>Whether a newer version has written to the log: where it ends is not known then.</summary>
    public bool IsUnsupported { get; private set; }

    public Lsn FirstLsn { get; private set; }

    public Lsn EndLsn { get; private set; }

    public Lsn ProvenLsn { get; private set; }

    public int Segments { get; private set; }

    /// <summary>The contiguous segments up to the newest, oldest first; none where it could not be found.</summary>
    public IReadOnlyList<SegmentInfo> Chain { get; private set; } = [];

    public long Frames { get; private set; }

    public long Records { get; private set; }

    public long Bytes { get; private set; }

    public void Inspect(SegmentCatalog catalog)
    {
        _bytesTotal = catalog.Segments.Sum(segment => segment.FileBytes);
        if (TryPlan(catalog) is not RecoveryPlan plan)
            return;
        SegmentInfo newest = plan.Newest;
        Chain = plan.StartingPoints[^1].Segments.Where(segment => segment.Archived is null).ToArray();
        SegmentInfo[] retained = [.. catalog.Segments.Where(segment => segment.Sequence <= newest.Sequence)];
        FirstLsn = retained.FirstOrDefault(segment => segment.Header is not null)?.Header!.FirstFrameLsn ?? Lsn.None;
        for (int i = 0; i < retained.Length; i++)
            InspectOne(retained[i], retained, isNewest: i + 1 == retained.Length);
        CheckNothingIsMissing(retained, catalog.Archived, plan.Current);
    }

    private RecoveryPlan? TryPlan(SegmentCatalog catalog)
    {
        try
        {
            RecoveryPlan plan = RecoveryPlan.Decide(_root, catalog, RecoveryMode.TolerateTail);
            _findings.AddRange(plan.Findings);
            return plan;
        }
        catch (StoreException e)
        {
            FindingKind kind = e.Error == StoreError.SequenceGap ? FindingKind.SequenceGap : FindingKind.Damage;
            _findings.Add(new RecoveryFinding(kind, FindingSeverity.Error, e.Message) { File = e.File, Offset = e.Offset, Lsn = new Lsn(e.Position ?? 0) });
            return null;
        }
    }

    private void InspectOne(SegmentInfo segment, SegmentInfo[] retained, bool isNewest)
    {
        if (segment.Header is null)
        {
            AddDamage(segment, 0, Lsn.None, segment.Unreadable?.Message ?? "its header is damaged, or does not belong where its name puts it", segment.Sequence >= _root.OldestNeededSequence);
            return;
        }

        try
        {
            using IFile file = _files.Open(segment.Path, FileIntent.Read);
            // A file the writer wants to recycle is no longer retained; held shared, it cannot be recycled while it is read.
            if (!file.TryLock(FileLockKind.Shared) && !isNewest)
                return;
            Segments++;
            if (isNewest)
                InspectNewest(file, segment);
            else
                InspectSealed(file, segment, FindFollower(segment.Header, retained), mayBeOpen: MayBeOpen(segment, retained));
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            // Retired by the writer meanwhile; if not, the next segment misses it.
        }
        catch (StoreException e) when (e.Error is StoreError.StorageFailed or StoreError.UnsupportedFormatVersion)
        {
            FindingKind kind = e.Error == StoreError.StorageFailed ? FindingKind.Damage : FindingKind.Unsupported;
            IsUnsupported |= kind == FindingKind.Unsupported;
            _findings.Add(new RecoveryFinding(kind, FindingSeverity.Error, e.Message) { File = segment.Path, Offset = e.Offset });
        }
    }

    /// <summary>The segment that goes on with the history of another one; or of those that leave it the one that does so latest.</summary>
    private static SegmentHeader? FindFollower(SegmentHeader header, SegmentInfo[] retained) => retained
        .Select(static segment => segment.Header).OfType<SegmentHeader>()
        .Where(next => next.PreviousSequence == header.Sequence && next.PreviousEnd >= header.FirstFrameLsn && next.PreviousEnd <= header.NextFirstLsn)
        .OrderBy(static next => next.BeginsBranch).ThenByDescending(static next => next.PreviousEnd).FirstOrDefault();

    /// <summary>Whether it may be the last segment of a history that was left: nobody says then where it ends.</summary>
    private static bool MayBeOpen(SegmentInfo segment, SegmentInfo[] retained) =>
        retained.First(next => next.Sequence > segment.Sequence).Header is SegmentHeader { BeginsBranch: true };

    /// <summary>A segment that another follows: where it ends, the follower says.</summary>
    private void InspectSealed(IFile file, SegmentInfo segment, SegmentHeader? successor, bool mayBeOpen)
    {
        using ReadWindow window = new(file);
        SegmentHeader header = segment.Header!;
        bool isFollowed = successor is not null;
        long limit = isFollowed ? successor!.PreviousEnd - header.FirstLsn : header.SizeBytes;
        SegmentReader reader = new(window, header, limit, SegmentHeader.Bytes, header.PreviousLink);
        bool isWhole = true;
        while (!reader.AtLimit)
        {
            FrameDefect defect = ReadFrames(reader);
            if (defect == FrameDefect.None)
                continue;
            // Without a follower's word for it, what is not a frame may be the end.
            SegmentReader? further = !isFollowed && mayBeOpen && TailProof.Find(window, header, reader.Offset, out _) is null ? null : SegmentReader.FindNext(window, header, limit, reader.Offset);
            if (isFollowed || further is not null)
                AddDamage(segment, reader, defect, further?.NextLsn ?? header.FirstLsn + limit);
            isWhole = false;
            if (further is null)
                break;
            reader = further;
        }

        if (isFollowed && isWhole && (reader.Offset != limit || reader.Link != successor!.PreviousLink))
            AddDamage(segment, reader.Offset, reader.NextLsn, $"its last frame is not the one that segment {successor!.Sequence} follows", IsNeeded(header));
        if (isFollowed && isWhole && mayBeOpen)
            ReadFrames(new SegmentReader(window, header, header.SizeBytes, reader.Offset, reader.Link));
        EndLsn = reader.NextLsn;
    }

    private void InspectNewest(IFile file, SegmentInfo segment)
    {
        SegmentHeader header = segment.Header!;
        ReadWindow window = new(file);
        SegmentReader reader = new(window, header, header.SizeBytes, SegmentHeader.Bytes, header.PreviousLink);
        ProvenLsn = Lsn.Later(ProvenLsn, header.PreviousEnd);
        for (int look = 1; ; look++)
        {
            FrameDefect defect = ReadFrames(reader);
            TailEvidence evidence = TailEvidenceGatherer.Gather(window, header, reader, _root);
            TailKind kind = TailVerdict.Decide(evidence);
            EndLsn = reader.NextLsn;
            if (kind is TailKind.CleanEnd or TailKind.EndOfLog)
                return;
            if (look < LooksMax)
            {
                window = new ReadWindow(file);
                reader = new SegmentReader(window, header, header.SizeBytes, reader.Offset, reader.Link);
                continue;
            }

            ReportTail(kind, window, segment, reader, defect, evidence);
            return;
        }
    }

    private void ReportTail(TailKind kind, ReadWindow window, SegmentInfo segment, SegmentReader reader, FrameDefect defect, in TailEvidence evidence)
    {
        if (kind == TailKind.TornTail)
        {
            _findings.Add(new RecoveryFinding(
                FindingKind.TornTail, FindingSeverity.Warning,
                $"The log ends at {reader.NextLsn} in an incomplete write ({FrameDefects.Describe(defect)}) that no flush is known to have covered.")
            { File = segment.Path, Offset = reader.Offset, Lsn = reader.NextLsn });
            return;
        }

        SegmentHeader header = segment.Header!;
        AddDamage(segment, reader.Offset, reader.NextLsn, $"{FrameDefects.Describe(defect)}, and {TailVerdict.Explain(evidence)}", isNeeded: true);
        while (SegmentReader.FindNext(window, header, header.SizeBytes, reader.Offset) is SegmentReader further)
        {
            reader = further;
            defect = ReadFrames(reader);
            if (SegmentReader.FindNext(window, header, header.SizeBytes, reader.Offset) is SegmentReader next)
                AddDamage(segment, reader, defect, next.NextLsn);
        }

        EndLsn = reader.NextLsn;
    }

    private FrameDefect ReadFrames(SegmentReader reader)
    {
        long start = reader.Offset;
        FrameDefect defect = FrameDefect.None;
        while (!reader.AtLimit && (defect = reader.Read()) == FrameDefect.None)
        {
            ProvenLsn = Lsn.Later(ProvenLsn, reader.Frame.SyncedLsn);
            if (Frames++ % FramesPerReport == 0)
                _progress?.Invoke(new RecoveryProgress(RecoveryPhase.Validating, Bytes + reader.Offset - start, _bytesTotal, Records));
            CheckRecords(reader);
        }

        Bytes += reader.Offset - start;
        return defect;
    }

    /// <summary>The frame's checksum covers them too; a record's own also covers where it lies.</summary>
    private void CheckRecords(SegmentReader reader)
    {
        RecordCursor records = new(reader.Body, reader.BodyLsn);
        while (records.MoveNext())
        {
            Records++;
            if (!records.IsValid)
                _findings.Add(new RecoveryFinding(FindingKind.Damage, FindingSeverity.Error, $"The record at LSN {records.Lsn} does not match its own checksum, though its frame does.") { Lsn = records.Lsn });
        }
    }

    /// <summary>
    /// Retention removes the oldest segments first, and none that recovery may need. A power cut may bring one of those back whose
    /// removal was not durable yet, and leave a hole behind it that nobody needs filled. What a branch goes on from may go before the
    /// segments that were left: that is no hole, and neither is what the archive has.
    /// </summary>
    private void CheckNothingIsMissing(SegmentInfo[] retained, IReadOnlyList<SegmentInfo> archived, LogPath current)
    {
        LogBranches branches = new([], current.Segments.Select(static segment => segment.Header!));
        for (int i = 0; i < retained.Length; i++)
        {
            if (retained[i].Header is not SegmentHeader header || header.PreviousSequence == 0)
                continue;
            bool isThere = retained.Any(segment => segment.Sequence == header.PreviousSequence);
            bool isArchived = archived.Any(segment => segment.Sequence == header.PreviousSequence && segment.Archived!.Covers(header));
            // Nothing leads over what was left.
            bool isNeeded = header.PreviousSequence >= _root.OldestNeededSequence && !isArchived && !branches.IsLeft(header.FirstFrameLsn);
            bool isRetired = !isNeeded && header.PreviousSequence < retained[0].Sequence;
            if (isThere || isArchived || isRetired)
                continue;
            string path = SegmentNames.Path(header.PreviousSequence);
            _findings.Add(new RecoveryFinding(
                FindingKind.SequenceGap, isNeeded ? FindingSeverity.Error : FindingSeverity.Warning,
                $"Segment '{path}' is missing{(isNeeded ? "" : "; recovery does not need it")}.")
            { File = path, Lsn = header.PreviousEnd });
        }
    }

    private bool IsNeeded(SegmentHeader header) => header.NextFirstLsn > _root.OldestNeededLsn;

    private void AddDamage(SegmentInfo segment, SegmentReader reader, FrameDefect defect, Lsn end) =>
        AddDamage(segment, reader.Offset, reader.NextLsn, $"{FrameDefects.Describe(defect)}; the log can be read again from LSN {end}", IsNeeded(segment.Header!));

    private void AddDamage(SegmentInfo segment, long offset, Lsn lsn, string why, bool isNeeded) => _findings.Add(new RecoveryFinding(
        isNeeded ? FindingKind.Damage : FindingKind.DamageNotNeeded, FindingSeverity.Error, $"The log is damaged at offset {offset} of '{segment.Path}' (LSN {lsn}): {why}.")
    { File = segment.Path, Offset = offset, Lsn = lsn });
}
