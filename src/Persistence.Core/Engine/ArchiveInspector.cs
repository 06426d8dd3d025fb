using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Verifies every archived segment from its first byte to its last, and what is missing between them.</summary>
internal sealed class ArchiveInspector
{
    private readonly IFileSystem _files;
    private readonly Guid? _storeId;
    private readonly List<RecoveryFinding> _findings;
    private readonly List<SegmentInfo> _whole = [];

    /// <param name="files">The store's files.</param>
    /// <param name="storeId">The store they must belong to, or null where that is not known.</param>
    /// <param name="findings">Where findings are added.</param>
    public ArchiveInspector(IFileSystem files, Guid? storeId, List<RecoveryFinding> findings)
    {
        _files = files;
        _storeId = storeId;
        _findings = findings;
    }

    /// <summary>Files verified.</summary>
    public int Files { get; private set; }

    /// <summary>Bytes of log in them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Those that are whole, oldest first.</summary>
    public IReadOnlyList<SegmentInfo> Whole => _whole;

    public void Inspect()
    {
        foreach (ArchiveName name in ArchiveCatalog.List(_files))
            InspectOne(name);
    }

    /// <summary>What is missing between the oldest archived segment and the log can no longer be read; nothing depends on it.</summary>
    /// <param name="log">The contiguous segments of the log.</param>
    public void FindGaps(IReadOnlyList<SegmentInfo> log)
    {
        IReadOnlyList<SegmentInfo> all = ArchivedLog.Prepend(log, _whole);
        for (int i = 0; i + 1 < all.Count; i++)
        {
            if (all[i].IsFollowedBy(all[i + 1]))
                continue;
            (Lsn from, Lsn to) = (all[i].FindEnd(all[i + 1])!.Value, all[i + 1].Header!.FirstFrameLsn);
            _findings.Add(new RecoveryFinding(FindingKind.SequenceGap, FindingSeverity.Warning, $"The log from LSN {from} to {to} is neither in the log nor in the archive; recovery does not need it.") { Lsn = from });
        }
    }

    private void InspectOne(ArchiveName name)
    {
        try
        {
            using IFile file = _files.Open(name.Path, FileIntent.Read);
            ArchiveReader reader = ArchiveReader.Open(file, _storeId);
            reader.ReadWhole(handler: null);
            SegmentInfo segment = new(name.Sequence, name.Path, name.RawBytes, reader.Header.Segment) { Archived = new ArchivedContent(name.Path, reader.Header) };
            if (reader.Header.Name != name)
                throw ArchiveErrors.Damaged(name.Path, 0, "it is another segment than its name says");
            if (SealedFrames.TryReadLastTime(_files, segment, reader.Header.End) is null)
                throw ArchiveErrors.Damaged(name.Path, 0, "its frames are not whole");
            _whole.Add(segment);
            Files++;
            Bytes += name.RawBytes;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            // Retention removed it meanwhile.
        }
        catch (StoreException e) when (KindOf(e.Error) is not null)
        {
            _findings.Add(new RecoveryFinding(KindOf(e.Error)!.Value, FindingSeverity.Error, e.Message) { File = name.Path, Offset = e.Offset, Lsn = name.First });
        }
    }

    private static FindingKind? KindOf(StoreError error) => error switch
    {
        StoreError.ChecksumMismatch or StoreError.StorageFailed => FindingKind.ArchiveDamaged,
        StoreError.StoreMismatch => FindingKind.ForeignFile,
        StoreError.UnsupportedFormatVersion or StoreError.CompressionUnavailable => FindingKind.Unsupported,
        _ => null,
    };
}
