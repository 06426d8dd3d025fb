using System.Buffers.Binary;
using System.Text;
using Persistence.Serialization;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>
/// The true log of a store, from the writes its run made: every frame up to the last, also those that retention removed, and what the store
/// holds after each. Read by the documented format alone, not by the engine's code.
/// </summary>
internal sealed class LogHistory
{
    public const int RecordHeaderBytes = 28;
    public const ushort WriteRecord = 0x0201;
    public const ushort DeleteRecord = 0x0202;
    public const ushort ApplicationRecord = 0x0101;

    private const uint FrameMagic = 0x4D52_4650;
    private const int SmallestSector = 512;

    private readonly List<LogFrame> _frames = [];
    private readonly List<ulong> _itemsAfter = [0];
    private readonly List<(long Lsn, ulong Value)> _records = [];
    private readonly HashSet<ulong> _values = [];

    private LogHistory()
    {
    }

    /// <summary>In order.</summary>
    public IReadOnlyList<LogFrame> Frames => _frames;

    /// <summary>A number for the items after each number of frames, none included.</summary>
    public IReadOnlyList<ulong> ItemsAfter => _itemsAfter;

    /// <summary>The application records and where they begin, in order.</summary>
    public IReadOnlyList<(long Lsn, ulong Value)> Records => _records;

    /// <summary>Every value and record ever written, by hash.</summary>
    public IReadOnlySet<ulong> Values => _values;

    /// <summary>Reads what a run wrote.</summary>
    /// <param name="writes">Every write to a file.</param>
    /// <param name="end">Where the log ends.</param>
    public static LogHistory Read(IEnumerable<ReadOnlyMemory<byte>> writes, long end)
    {
        Dictionary<(long Lsn, uint Chain), ReadOnlyMemory<byte>> written = [];
        Dictionary<long, (long Lsn, uint Chain)> newest = [];
        foreach (ReadOnlyMemory<byte> write in writes)
            Collect(write, written, newest);
        LogHistory history = new();
        Stack<ReadOnlyMemory<byte>> chain = [];
        (long Lsn, uint Chain) next = newest.Values.Where(frame => frame.Lsn < end).OrderBy(frame => frame.Lsn).LastOrDefault();
        while (next.Lsn != 0)
        {
            ReadOnlyMemory<byte> frame = written[next];
            chain.Push(frame);
            next = (BinaryPrimitives.ReadInt64LittleEndian(frame.Span[32..]), BinaryPrimitives.ReadUInt32LittleEndian(frame.Span[56..]));
        }

        Dictionary<string, ulong> items = new(StringComparer.Ordinal);
        ulong digest = 0;
        foreach (ReadOnlyMemory<byte> frame in chain)
            history.Add(frame.Span, items, ref digest);
        return history;
    }

    /// <summary>How many frames end at or before a position.</summary>
    public int CountBefore(long lsn)
    {
        int count = _frames.Count;
        while (count > 0 && _frames[count - 1].End > lsn)
            count--;
        return count;
    }

    /// <summary>One item's share of the number for all of them.</summary>
    public static ulong Digest(string key, ReadOnlySpan<byte> value, long lsn, long timestamp) =>
        Mixing.Mix(Mixing.Mix(Mixing.Mix(Mixing.Hash(key), Mixing.Hash(value)), (ulong)lsn), (ulong)timestamp);

    /// <summary>A frame's length, header and body, or null when there is no intact one.</summary>
    public static int? FindFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LogFrame.HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != FrameMagic)
            return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[68..]) != Crc32C.Compute(bytes[..68]))
            return null;
        int body = BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]);
        return body >= 0 && body <= bytes.Length - LogFrame.HeaderBytes
            && Crc32C.Compute(bytes.Slice(LogFrame.HeaderBytes, body)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..])
            ? LogFrame.HeaderBytes + body
            : null;
    }

    /// <summary>Where the records of an intact frame lie in it.</summary>
    public static IReadOnlyList<(int Offset, int Length)> FindRecords(ReadOnlySpan<byte> frame)
    {
        List<(int Offset, int Length)> records = [];
        for (int offset = LogFrame.HeaderBytes; offset < frame.Length; offset += records[^1].Length)
            records.Add((offset, RecordHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(frame[(offset + 4)..])));
        return records;
    }

    private static void Collect(
        ReadOnlyMemory<byte> write, Dictionary<(long Lsn, uint Chain), ReadOnlyMemory<byte>> written, Dictionary<long, (long Lsn, uint Chain)> newest)
    {
        for (int offset = 0; offset + LogFrame.HeaderBytes <= write.Length; offset += SmallestSector)
        {
            if (FindFrame(write.Span[offset..]) is not int length)
                continue;
            ReadOnlyMemory<byte> frame = write.Slice(offset, length);
            (long Lsn, uint Chain) key = (BinaryPrimitives.ReadInt64LittleEndian(frame.Span[8..]), BinaryPrimitives.ReadUInt32LittleEndian(frame.Span[68..]));
            written[key] = frame;
            newest[key.Lsn] = key;
        }
    }

    private void Add(ReadOnlySpan<byte> frame, Dictionary<string, ulong> items, ref ulong digest)
    {
        long lsn = BinaryPrimitives.ReadInt64LittleEndian(frame[8..]);
        _frames.Add(new LogFrame(lsn, frame.Length, BinaryPrimitives.ReadInt64LittleEndian(frame[24..])));
        foreach ((int offset, int length) in FindRecords(frame))
            Apply(frame.Slice(offset, length), lsn + offset, items, ref digest);

        _itemsAfter.Add(digest);
    }

    private void Apply(ReadOnlySpan<byte> record, long lsn, Dictionary<string, ulong> items, ref ulong digest)
    {
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        long timestamp = BinaryPrimitives.ReadInt64LittleEndian(record[20..]);
        MessagePackReader payload = new(record[RecordHeaderBytes..]);
        if (type == ApplicationRecord)
        {
            payload.ReadArrayHeader();
            payload.ReadString();
            ulong value = Mixing.Hash(payload.ReadRaw());
            _values.Add(value);
            _records.Add((lsn, value));
        }
        else if (type is WriteRecord or DeleteRecord)
        {
            string key = Encoding.UTF8.GetString(payload.ReadUtf8String());
            if (items.Remove(key, out ulong gone))
                digest -= gone;
            if (type == DeleteRecord)
                return;
            ReadOnlySpan<byte> value = payload.ReadRaw();
            _values.Add(Mixing.Hash(value));
            ulong added = Digest(key, value, lsn, timestamp);
            items.Add(key, added);
            digest += added;
        }
    }
}
