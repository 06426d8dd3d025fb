using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>One segment wherever its bytes are: a frame that one copy does not have, another may.</summary>
internal sealed class SegmentCopies : IDisposable
{
    private readonly SegmentHeader _header;
    private readonly List<(IFile File, ReadWindow Window)> _copies = [];

    private SegmentCopies(SegmentHeader header) => _header = header;

    /// <summary>What was wrong with the first copy when none could be read.</summary>
    public FrameDefect Defect { get; private set; }

    public static SegmentCopies Open(IFileSystem files, SalvagedSegment segment, List<RecoveryFinding> findings)
    {
        SegmentCopies copies = new(segment.Header);
        foreach (SegmentInfo source in segment.Sources)
        {
            try
            {
                IFile file = source.Open(files);
                copies._copies.Add((file, new ReadWindow(file)));
            }
            catch (StoreException e) when (e.Error is StoreError.StorageFailed or StoreError.ChecksumMismatch)
            {
                findings.Add(new RecoveryFinding(FindingKind.Damage, FindingSeverity.Error, e.Message) { File = source.Path });
            }
        }

        return copies;
    }

    /// <summary>Reads the frame at an offset and hands out its records.</summary>
    /// <returns>The offset after it, and the frame; null when no copy has a valid one there.</returns>
    public (long Next, FrameLink Link)? TryRead(long offset, FrameLink? link, long limit, RecordHandler handler)
    {
        Defect = FrameDefect.FileTooShort;
        for (int i = 0; i < _copies.Count; i++)
        {
            SegmentReader reader = new(_copies[i].Window, _header, limit, offset, link);
            FrameDefect defect = Read(reader);
            if (defect == FrameDefect.None)
            {
                HandOut(reader, handler);
                return (reader.Offset, reader.Link);
            }

            if (i == 0)
                Defect = defect;
        }

        return null;
    }

    /// <summary>The next valid frame behind an offset where there is none.</summary>
    /// <returns>Its offset, and the frame that it follows; null for none.</returns>
    public (long Offset, FrameLink Before)? FindNext(long offset, long limit)
    {
        (long Offset, FrameLink Before)? nearest = null;
        foreach ((_, ReadWindow window) in _copies)
        {
            for (long at = offset + _header.SectorBytes; at < Math.Min(limit, nearest?.Offset ?? limit); at += _header.SectorBytes)
            {
                SegmentReader reader = new(window, _header, limit, at, link: null);
                if (Read(reader) != FrameDefect.None)
                    continue;
                nearest = (at, reader.Frame.Previous);
                break;
            }
        }

        return nearest;
    }

    /// <summary>What the first position without a valid frame in the newest segment is, and why.</summary>
    public (TailKind Kind, string Why)? Judge(long offset, RootRecord root)
    {
        if (_copies.Count == 0)
            return null;
        ReadWindow window = _copies[0].Window;
        SegmentReader reader = new(window, _header, _header.SizeBytes, offset, link: null);
        try
        {
            TailEvidence evidence = TailEvidenceGatherer.Gather(window, _header, reader, root);
            return (TailVerdict.Decide(evidence), TailVerdict.Explain(evidence));
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            return (TailKind.Damage, e.Message.TrimEnd('.'));
        }
    }

    public void Dispose()
    {
        foreach ((IFile file, ReadWindow window) in _copies)
        {
            window.Dispose();
            file.Dispose();
        }
    }

    private static FrameDefect Read(SegmentReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            return FrameDefect.BodyCorrupt;
        }
    }

    private static void HandOut(SegmentReader reader, RecordHandler handler)
    {
        RecordCursor records = new(reader.Body, reader.BodyLsn);
        while (records.MoveNext())
            handler(records.Current);
    }
}
