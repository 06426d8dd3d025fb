using System.Buffers.Binary;
using Persistence.Serialization;

namespace Persistence.CrashKit.Corruption;

/// <summary>Damage that no checksum shows: one byte of a value changed in the newest frame and every checksum over it made to fit.</summary>
internal static class Forgery
{
    private const int RecordHeaderBytes = 28;

    /// <summary>Forges the last frame that holds a record with a payload; nothing where there is none in the newest segment.</summary>
    public static IEnumerable<Damage> Of(StoreSample store)
    {
        byte[] content = store.Image[store.NewestPath];
        long redoFrom = store.Root.Checkpoints.Count == 0 ? 0 : store.Root.Checkpoints[^1].RedoFrom.Value;
        LogFrame frame = store.NewestFrames.LastOrDefault(frame => frame.Lsn >= redoFrom && FindValue(store, content, frame) is not null);
        if (frame.Bytes == 0)
            yield break;
        int place = FindValue(store, content, frame)!.Value;
        int start = (int)(frame.Lsn - store.NewestFirstLsn);
        byte[] forged = content[start..(start + frame.Bytes)];
        forged[place - start] ^= 0x01;
        Seal(forged, frame.Lsn);
        yield return new Damage("canary", "a value changed, its checksums made to fit", FileDamage.Patch(store.NewestPath, start, forged));
    }

    /// <summary>The last byte of the longest text in the frame's first record.</summary>
    private static int? FindValue(StoreSample store, byte[] content, LogFrame frame)
    {
        int record = (int)(frame.Lsn - store.NewestFirstLsn) + LogFrame.HeaderBytes;
        if (frame.Bytes <= LogFrame.HeaderBytes + RecordHeaderBytes)
            return null;
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(record + 8));
        int payload = record + RecordHeaderBytes;
        MessagePackReader reader = new(content.AsSpan(payload));
        switch (type)
        {
            case 0x0201:
                reader.Skip();
                break;
            case 0x0101:
                reader.ReadArrayHeader();
                reader.Skip();
                break;
            default:
                return null;
        }

        reader.Skip();
        return payload + reader.Position - 1;
    }

    private static void Seal(Span<byte> frame, long lsn)
    {
        for (int offset = LogFrame.HeaderBytes; offset < frame.Length;)
        {
            int length = RecordHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(frame[(offset + 4)..]);
            Span<byte> record = frame.Slice(offset, length);
            uint crc = Crc32C.Append(Crc32C.Compute(record[RecordHeaderBytes..]), record[4..RecordHeaderBytes]);
            BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Append(crc, (ulong)(lsn + offset)));
            offset += length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(frame[60..], Crc32C.Compute(frame[LogFrame.HeaderBytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[68..], Crc32C.Compute(frame[..68]));
    }
}
