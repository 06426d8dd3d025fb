using Persistence.Platform;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>One frame being gathered or written. The log has two: while one is written the other fills.</summary>
/// <param name="done">Where callers wait for this frame.</param>
/// <param name="keptBytesMax">A buffer that one huge commit made larger than this is not kept for the next frame.</param>
internal sealed class FrameBuffer(IGate done, int keptBytesMax)
{
    private const int CapacityMin = 4 << 10;

    private readonly List<AsyncCommit> _asyncCommits = [];
    // Taken when the first record comes: a store that is opened and not written to needs none.
    private byte[] _bytes = [];

    /// <summary>Where callers wait for this frame; pulsed when it is done or failed.</summary>
    public IGate Done { get; } = done;

    /// <summary>Where the frame goes.</summary>
    public Lsn Lsn { get; private set; }

    /// <summary>The prepared file this frame is the first of, or null.</summary>
    public ReservedSegment? Roll { get; private set; }

    public int BodyBytes { get; private set; }

    public int RecordCount { get; private set; }

    /// <summary>Somebody waits for its flush.</summary>
    public bool NeedsSync { get; set; }

    /// <summary>Threads that wait on <see cref="Done"/>; final once the frame is sealed.</summary>
    public int WaiterCount { get; set; }

    public Lsn BodyLsn => Lsn + FrameHeader.Bytes;

    /// <summary>LSN after the last record.</summary>
    public Lsn End => BodyLsn + BodyBytes;

    public ReadOnlySpan<byte> Body => _bytes.AsSpan(FrameHeader.Bytes, BodyBytes);

    public List<AsyncCommit> AsyncCommits => _asyncCommits;

    /// <summary>Starts an empty frame at a position.</summary>
    public void Start(Lsn lsn)
    {
        Lsn = lsn;
        Roll = null;
        BodyBytes = 0;
        RecordCount = 0;
        NeedsSync = false;
        WaiterCount = 0;
        _asyncCommits.Clear();
        if (_bytes.Length > keptBytesMax)
            _bytes = [];
    }

    /// <summary>Moves the empty frame to the first place of a new segment.</summary>
    public void StartInNewSegment(Lsn firstLsn, ReservedSegment reserved)
    {
        Lsn = firstLsn + SegmentHeader.Bytes;
        Roll = reserved;
    }

    public void Add(AsyncCommit commit) => _asyncCommits.Add(commit);

    /// <summary>Makes room for a commit, so that adding its records cannot fail.</summary>
    public void EnsureRoom(long bodyBytes)
    {
        long needed = SectorAlignment.Up(FrameHeader.Bytes + BodyBytes + bodyBytes, 4096);
        if (needed <= _bytes.Length)
            return;
        byte[] larger = GC.AllocateUninitializedArray<byte>(checked((int)Math.Max(Math.Max(needed, CapacityMin), Math.Min(_bytes.Length * 2L, keptBytesMax))), pinned: true);
        _bytes.AsSpan(0, Math.Min(FrameHeader.Bytes + BodyBytes, _bytes.Length)).CopyTo(larger);
        _bytes = larger;
    }

    /// <summary>Appends one record; its LSN follows from where it lands.</summary>
    public void AddRecord(CommandBatch batch, int index, RecordFlags place, long transactionId, long timestamp)
    {
        CommandBatch.Command command = batch.GetCommand(index);
        ReadOnlySpan<byte> tail = batch.GetTail(index);
        int payloadBytes = command.Length + tail.Length;
        Span<byte> record = _bytes.AsSpan(FrameHeader.Bytes + BodyBytes, RecordHeader.Bytes + payloadBytes);
        batch.GetPayload(index).CopyTo(record[RecordHeader.Bytes..]);
        tail.CopyTo(record[(RecordHeader.Bytes + command.Length)..]);
        uint payloadCrc = tail.IsEmpty ? command.PayloadCrc : Crc32C.Append(command.PayloadCrc, tail);
        RecordHeader.Encode(record, End, command.Type, command.Version, command.Flags | place, transactionId, timestamp, payloadBytes, payloadCrc);
        BodyBytes += record.Length;
        RecordCount++;
    }

    /// <summary>Completes the frame: header in front, padding behind.</summary>
    /// <returns>The bytes to write and the link for the next frame.</returns>
    public ReadOnlySpan<byte> Complete(ulong salt, Lsn syncedLsn, FrameLink previous, long time, int sectorBytes, out FrameLink link)
    {
        EnsureRoom(0);
        FrameHeader header = new()
        {
            Lsn = Lsn,
            Salt = salt,
            SyncedLsn = syncedLsn,
            Previous = previous,
            Time = time,
            BodyBytes = BodyBytes,
            RecordCount = RecordCount,
            BodyCrc = Crc32C.Compute(Body),
        };
        link = new FrameLink(Lsn, header.Encode(_bytes));
        int used = FrameHeader.Bytes + BodyBytes;
        int padded = (int)SectorAlignment.Up(used, sectorBytes);
        _bytes.AsSpan(used, padded - used).Clear();
        return _bytes.AsSpan(0, padded);
    }
}
