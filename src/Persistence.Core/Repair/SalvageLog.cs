using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>What there is of the log of a damaged store, in order.</summary>
internal sealed class SalvageLog
{
    private const int FrameSteps = 512;

    private readonly IFileSystem _files;
    private readonly RootRecord _root;

    private SalvageLog(IFileSystem files, RootRecord root)
    {
        _files = files;
        _root = root;
        Branches = new LogBranches(root.Branches, []);
    }

    /// <summary>Which of the log was left.</summary>
    public LogBranches Branches { get; private set; }

    /// <summary>Those of the current history, in order of their positions.</summary>
    public IReadOnlyList<SalvagedSegment> Segments { get; private set; } = [];

    /// <summary>How many segments have nothing that counts: the history they are part of was left.</summary>
    public int SegmentsLeft { get; private set; }

    /// <summary>Files of the log of which nothing can be read.</summary>
    public IReadOnlyList<SegmentInfo> Unreadable { get; private set; } = [];

    public bool IsActiveMissing { get; private set; }

    public long GreatestSequence { get; private set; }

    public long GreatestEpoch { get; private set; }

    /// <summary>Above every position that may ever have been used.</summary>
    public Lsn FreeLsn { get; private set; }

    /// <exception cref="StoreException">UnsupportedFormatVersion.</exception>
    public static SalvageLog Find(IFileSystem files, RootRecord root, List<RecoveryFinding> findings)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(files, root.StoreId, refused =>
        {
            if (refused.Error == StoreError.UnsupportedFormatVersion)
                throw refused;
            findings.Add(new RecoveryFinding(FindingKind.ForeignFile, FindingSeverity.Error, refused.Message) { File = refused.File });
        });
        SalvageLog log = new(files, root);
        log.Order(catalog, ArchiveCatalog.Read(files, root.StoreId, Lsn.None).Segments);
        return log;
    }

    private void Order(SegmentCatalog catalog, IReadOnlyList<SegmentInfo> archived)
    {
        List<SegmentInfo> unreadable = [];
        List<SalvagedSegment> found = [];
        foreach (long sequence in catalog.Segments.Concat(archived).Select(static segment => segment.Sequence).Distinct())
        {
            SegmentInfo? own = catalog.Segments.FirstOrDefault(segment => segment.Sequence == sequence);
            SegmentInfo? copy = archived.FirstOrDefault(segment => segment.Sequence == sequence && (own?.Header is null || own.Header == segment.Header));
            if (ToSegment(own, copy) is SalvagedSegment segment)
                found.Add(segment);
            else
                unreadable.Add(own!);
        }

        Unreadable = unreadable;
        NoteGreatest(catalog, found);
        Segments = Follow(found).ToArray();
    }

    /// <summary>What belongs to the current history, each segment up to where that leaves it.</summary>
    private IEnumerable<SalvagedSegment> Follow(List<SalvagedSegment> found)
    {
        // A segment that begins a branch counts once ROOT names it.
        found.RemoveAll(segment => segment.Header.BeginsBranch && segment.Header.Sequence > _root.ActiveSequence);
        Branches = new LogBranches(_root.Branches, found.Select(static segment => segment.Header));
        List<SalvagedSegment> current = [.. found.Where(segment => !Branches.IsLeft(segment.Header.FirstFrameLsn)).OrderBy(static segment => segment.Header.FirstLsn)];
        SegmentsLeft = found.Count - current.Count;
        return current.Select(segment => segment with { Limit = Branches.FindFork(segment.Header) is Lsn fork ? fork - segment.Header.FirstLsn : FindLimit(segment, current) });
    }

    private SalvagedSegment? ToSegment(SegmentInfo? own, SegmentInfo? copy)
    {
        SegmentInfo[] sources = [.. new[] { own?.Unreadable is null ? own : null, copy }.OfType<SegmentInfo>()];
        if ((own?.Header ?? copy?.Header) is SegmentHeader header)
            return new SalvagedSegment(header, sources, null, IsHeaderGuessed: false);
        return own is { Unreadable: null } && TryGuess(own) is SegmentHeader guessed ? new SalvagedSegment(guessed, sources, null, IsHeaderGuessed: true) : null;
    }

    /// <summary>Where a segment ends the one that follows it says; an archived one says so itself.</summary>
    private static long? FindLimit(SalvagedSegment segment, List<SalvagedSegment> all)
    {
        SegmentHeader header = segment.Header;
        Lsn? end = all.Where(other => !other.IsHeaderGuessed && other.Header.PreviousSequence == header.Sequence && other.Header.FirstLsn >= header.NextFirstLsn).Select(static other => (Lsn?)other.Header.PreviousEnd).FirstOrDefault();
        end ??= segment.Sources.Select(static source => source.Archived?.End.Lsn).FirstOrDefault(static known => known is not null);
        return end is Lsn lsn && lsn >= header.FirstFrameLsn && lsn <= header.NextFirstLsn ? lsn - header.FirstLsn : null;
    }

    /// <summary>What the first frame that is intact says of its segment.</summary>
    private SegmentHeader? TryGuess(SegmentInfo segment)
    {
        try
        {
            using IFile file = _files.Open(segment.Path, FileIntent.Read);
            using ReadWindow window = new(file);
            for (long offset = SegmentHeader.Bytes; window.TryGet(offset, FrameHeader.Bytes, out ReadOnlySpan<byte> head); offset += FrameSteps)
            {
                if (FrameHeader.TryDecode(head, out FrameHeader frame) && frame.Lsn.Value >= offset)
                    return Guess(segment, frame, offset, window.FileBytes);
            }
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            // Nothing of it is known then.
        }

        return null;
    }

    private SegmentHeader Guess(SegmentInfo segment, in FrameHeader frame, long offset, long fileBytes) => new()
    {
        SectorBytes = FrameSteps,
        StoreId = _root.StoreId,
        Sequence = segment.Sequence,
        FirstLsn = new Lsn(frame.Lsn.Value - offset),
        SizeBytes = fileBytes,
        Epoch = _root.Epoch,
        Salt = frame.Salt,
    };

    private void NoteGreatest(SegmentCatalog catalog, List<SalvagedSegment> found)
    {
        GreatestSequence = catalog.Segments.Select(static segment => segment.Sequence).Append(_root.ActiveSequence).Max();
        GreatestEpoch = found.Select(static segment => segment.Header.Epoch).Append(_root.Epoch).Max();
        IsActiveMissing = _root.ActiveSequence > 0 && catalog.Segments.All(segment => segment.Sequence < _root.ActiveSequence) && catalog.Segments.Count > 0;
        Lsn known = found.Aggregate(_root.FreeLsn, static (last, segment) => Lsn.Later(last, segment.Header.NextFirstLsn));
        known = _root.Checkpoints.Aggregate(known, static (last, checkpoint) => Lsn.Later(last, checkpoint.End));
        // What is not there may have been as large as a segment can be.
        bool isSomethingLost = Unreadable.Count > 0 || catalog.Segments.All(segment => segment.Sequence < _root.ActiveSequence);
        FreeLsn = isSomethingLost ? Lsn.Later(known, _root.ActiveFirstLsn) + SegmentHeader.SizeBytesMax : known;
    }
}
