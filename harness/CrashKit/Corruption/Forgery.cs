using System.Buffers.Binary;
using Persistence.Serialization;

namespace Persistence.CrashKit.Corruption;

/// <summary>Damage that no checksum shows: one byte of a value changed, and every checksum over it made to fit.</summary>
internal static class Forgery
{
    /// <summary>Forges the last value in the newest segment that nothing overwrites and no checkpoint holds; null where there is none.</summary>
    public static Damage? Of(StoreSample store)
    {
        long redoFrom = store.Root.Checkpoints.Count == 0 ? 0 : store.Root.Checkpoints[^1].RedoFrom.Value;
        HashSet<string> overwritten = new(StringComparer.Ordinal);
        byte[] forged = [.. store.Image[store.NewestPath]];
        for (int frame = store.NewestFrames.Count - 1; frame >= 0 && store.NewestFrames[frame].Lsn >= redoFrom; frame--)
        {
            Span<byte> bytes = FrameOf(store, forged, frame);
            if (FindValue(bytes, overwritten) is not int place)
                continue;
            bytes[place] ^= 0x01;
            SealFrom(store, forged, frame);
            return new Damage("canary", "a value changed, its checksums made to fit", FileDamage.Replace(store.NewestPath, forged));
        }

        return null;
    }

    private static Span<byte> FrameOf(StoreSample store, byte[] segment, int frame) =>
        segment.AsSpan((int)(store.NewestFrames[frame].Lsn - store.NewestFirstLsn), store.NewestFrames[frame].Bytes);

    /// <summary>Each frame names the checksum of the one before it.</summary>
    private static void SealFrom(StoreSample store, byte[] segment, int first)
    {
        for (int frame = first; frame < store.NewestFrames.Count; frame++)
        {
            Span<byte> bytes = FrameOf(store, segment, frame);
            if (frame > first)
                FrameOf(store, segment, frame - 1)[68..72].CopyTo(bytes[56..]);
            Seal(bytes, store.NewestFrames[frame].Lsn);
        }
    }

    /// <summary>The last byte of the last value in a frame that shows.</summary>
    private static int? FindValue(ReadOnlySpan<byte> frame, HashSet<string> overwritten)
    {
        int? found = null;
        foreach ((int record, _) in LogHistory.FindRecords(frame).Reverse())
        {
            int payload = record + LogHistory.RecordHeaderBytes;
            MessagePackReader reader = new(frame[payload..]);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(frame[(record + 8)..]);
            if (type == LogHistory.ApplicationRecord)
                reader.ReadArrayHeader();
            else if (type is not (LogHistory.WriteRecord or LogHistory.DeleteRecord))
                continue;
            bool shows = type == LogHistory.ApplicationRecord;
            string name = reader.ReadString();
            if (type != LogHistory.ApplicationRecord)
                shows = overwritten.Add(name) && type == LogHistory.WriteRecord;
            if (!shows)
                continue;
            reader.Skip();
            found ??= payload + reader.Position - 1;
        }

        return found;
    }

    /// <summary>Makes the checksums of a frame and its records fit what is there.</summary>
    internal static void Seal(Span<byte> frame, long lsn)
    {
        foreach ((int offset, int length) in LogHistory.FindRecords(frame))
        {
            Span<byte> record = frame.Slice(offset, length);
            uint crc = Crc32C.Append(Crc32C.Compute(record[LogHistory.RecordHeaderBytes..]), record[4..LogHistory.RecordHeaderBytes]);
            BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Append(crc, (ulong)(lsn + offset)));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(frame[60..], Crc32C.Compute(frame[LogFrame.HeaderBytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[68..], Crc32C.Compute(frame[..68]));
    }
}
