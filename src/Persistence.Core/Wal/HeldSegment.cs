using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>
/// One segment read beside a writer, frame by frame: the one way in which the log is read without opening the store. The file is held
/// meanwhile, so that nobody makes another segment of it.
/// </summary>
internal sealed class HeldSegment : IDisposable
{
    private readonly IFile _file;
    private readonly ReadWindow _window;
    private SegmentReader _reader;
    private SegmentReader? _ahead;

    private HeldSegment(IFile file, SegmentHeader header, int pieceBytes)
    {
        _file = file;
        _window = new ReadWindow(file, pieceBytes);
        Header = header;
        _reader = new SegmentReader(_window, header, header.SizeBytes, SegmentHeader.Bytes, header.PreviousLink);
    }

    public SegmentHeader Header { get; }

    /// <summary>LSN of the next frame.</summary>
    public Lsn NextLsn => _reader.NextLsn;

    /// <summary>The frame read last, or the last one before the segment.</summary>
    public FrameLink Link => _reader.Link;

    /// <summary>Everything below it was synced before the frame read last was written.</summary>
    public Lsn SyncedLsn => _reader.Frame.SyncedLsn;

    /// <summary>How many records the frame read last has; 0 before one was read.</summary>
    public int RecordCount => _reader.Frame.RecordCount;

    /// <summary>Whether its frames were all read.</summary>
    public bool AtEnd => _reader.AtLimit;

    /// <summary>Opens a segment and holds it.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="segment">A segment with a valid header.</param>
    /// <param name="pieceBytes">How much is read at once.</param>
    /// <returns>Null when retention was faster: the file is gone, is being overwritten, or holds another segment.</returns>
    /// <exception cref="StoreException">ChecksumMismatch: an archived one is damaged as a whole.</exception>
    public static HeldSegment? TryOpen(IFileSystem files, SegmentInfo segment, int pieceBytes = ReadWindow.LargePieceBytes)
    {
        IFile file;
        try
        {
            file = segment.Open(files);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return null;
        }

        try
        {
            if (file.TryLock(FileLockKind.Shared) && Holds(file, segment.Header!))
                return new HeldSegment(file, segment.Header!, pieceBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Its end is known: nothing is read from there on.</summary>
    public void EndAt(Lsn end)
    {
        _reader.EndAt(end - Header.FirstLsn);
        _ahead = null;
    }

    /// <summary>Reads the next frame, as <see cref="SegmentReader.Read"/> does.</summary>
    public FrameDefect Read()
    {
        FrameDefect defect = _reader.Read();
        if (_ahead?.NextLsn < NextLsn)
            _ahead = null;
        return defect;
    }

    /// <summary>The frame read last is the next one again.</summary>
    public void StepBack()
    {
        _reader.StepBack();
        _ahead = null;
    }

    /// <summary>What is read from now on is read from the file as it is now.</summary>
    public void Refresh() => _window.Forget();

    /// <summary>Whether the file still holds the segment. Where locks are not kept by the file system, it may have been recycled all the same.</summary>
    public bool IsStillThere() => Holds(_file, Header);

    /// <summary>How far the log was synced, as frames behind the one read last tell: of these as few as will do, and none twice.</summary>
    /// <param name="wanted">Nothing above it is asked for.</param>
    public Lsn LookAhead(Lsn wanted)
    {
        _ahead ??= _reader.Copy();
        Lsn synced = SyncedLsn;
        while (synced < wanted && !_ahead.AtLimit && _ahead.Read() == FrameDefect.None)
            synced = _ahead.Frame.SyncedLsn;
        return synced;
    }

    /// <summary>Adds the records of the frame read last.</summary>
    /// <param name="from">Records before it are left out.</param>
    /// <param name="end">Records from here on are left out.</param>
    /// <param name="durable">Records from here on are marked as not yet durable.</param>
    /// <param name="entries">Where they are put.</param>
    /// <param name="type">The one type wanted, or null for every one. The engine's own are added all the same: what counts depends on them.</param>
    public void CopyRecords(Lsn from, Lsn end, Lsn durable, List<LogEntry> entries, RecordType? type = null)
    {
        RecordCursor records = new(_reader.Body, _reader.BodyLsn);
        while (records.MoveNext())
        {
            if (records.Lsn < from || records.Lsn >= end)
                continue;
            LogRecord record = records.Current;
            if (type is not null && record.Type != type && record.Type.Model != StateModelId.Engine)
                continue;
            entries.Add(new LogEntry
            {
                Lsn = record.Lsn,
                Type = record.Type,
                Version = record.Version,
                Flags = record.Flags,
                TransactionId = record.TransactionId,
                Timestamp = Timestamps.ToInstant(record.Timestamp),
                IsDurable = records.End <= durable,
                Payload = record.Payload.ToArray(),
            });
        }
    }

    /// <summary>There is no valid frame where one has to be: goes on behind the damage if all of it lies before what is wanted.</summary>
    /// <param name="defect">What is wrong there.</param>
    /// <param name="from">The first position wanted.</param>
    /// <exception cref="StoreException">ChecksumMismatch.</exception>
    public void PassDamage(FrameDefect defect, Lsn from)
    {
        SegmentReader? further = _reader.FindNext();
#if MUTANTS
        if (Mutants.Is(Mutants.BadRecordSkipped) && further is not null)
            from = further.NextLsn;
#endif
        if (further is null || further.NextLsn > from)
            throw Damaged(defect, further?.NextLsn ?? Header.NextFirstLsn);
        _reader = further;
        _ahead = null;
    }

    public void Dispose()
    {
        _window.Dispose();
        _file.Dispose();
    }

    private static bool Holds(IFile file, SegmentHeader expected)
    {
#if MUTANTS
        if (Mutants.Is(Mutants.ReaderBelievesRecycledSegment))
            return true;
#endif
        Span<byte> page = stackalloc byte[SegmentHeader.Bytes];
        return file.Read(page, 0) == page.Length && SegmentHeader.Decode(page, file.Path) == expected;
    }

    private StoreException Damaged(FrameDefect defect, Lsn readableFrom) => new(
        StoreError.ChecksumMismatch,
        $"The log is damaged at offset {_reader.Offset} of '{_file.Path}' (LSN {NextLsn}): {FrameDefects.Describe(defect)}. It can be read again from LSN {readableFrom}.")
    { File = _file.Path, Offset = _reader.Offset, Position = NextLsn.Value };
}
