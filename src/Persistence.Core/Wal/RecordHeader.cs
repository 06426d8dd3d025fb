using System.Buffers.Binary;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>A record's first bytes; layout in FORMAT.md §4.</summary>
internal static class RecordHeader
{
    public const int Bytes = 28;

    /// <summary>Writes the header in front of a payload whose CRC is known.</summary>
    public static void Encode(Span<byte> target, Lsn lsn, RecordType type, byte version, RecordFlags flags, long transactionId, long timestamp, int payloadBytes, uint payloadCrc)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], payloadBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], type.Value);
        target[10] = version;
        target[11] = (byte)flags;
        BinaryPrimitives.WriteInt64LittleEndian(target[12..], transactionId);
        BinaryPrimitives.WriteInt64LittleEndian(target[20..], timestamp);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Seal(payloadCrc, target, lsn));
    }

    /// <summary>The payload length a record claims; it is believed only inside a frame whose body CRC holds, and within its bounds.</summary>
    public static int ReadPayloadBytes(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[4..]);

    /// <summary>Whether the record's own checksum holds at <paramref name="lsn"/>.</summary>
    public static bool IsValid(ReadOnlySpan<byte> record, Lsn lsn) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record) == Seal(Crc32C.Compute(record[Bytes..]), record, lsn);

    public static LogRecord Decode(ReadOnlySpan<byte> record, Lsn lsn) => new()
    {
        Lsn = lsn,
        Type = new RecordType(BinaryPrimitives.ReadUInt16LittleEndian(record[8..])),
        Version = record[10],
        Flags = (RecordFlags)record[11],
        TransactionId = BinaryPrimitives.ReadInt64LittleEndian(record[12..]),
        Timestamp = BinaryPrimitives.ReadInt64LittleEndian(record[20..]),
        Payload = record[Bytes..],
    };

    private static uint Seal(uint payloadCrc, ReadOnlySpan<byte> record, Lsn lsn) =>
        Crc32C.Append(Crc32C.Append(payloadCrc, record[4..Bytes]), (ulong)lsn.Value);
}
