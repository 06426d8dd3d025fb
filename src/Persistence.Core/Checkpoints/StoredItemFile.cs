using System.Buffers.Binary;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Checkpoints;

/// <summary>Reads single items of a checkpoint file that was verified before. Owns the file.</summary>
/// <param name="file">The file.</param>
/// <param name="footerOffset">Where its blocks end.</param>
internal sealed class StoredItemFile(IFile file, long footerOffset) : IStoredItems
{
    private const int LengthBytes = 4;

    private bool _isClosed;

    /// <summary>Whether somebody wants to read items again later.</summary>
    public bool IsKept { get; private set; }

    public bool IsClosed => Volatile.Read(ref _isClosed);

    public void Keep() => IsKept = true;

    public byte[] Read(StoredPlace place)
    {
        BlockReader blocks = new(file, place.Block, footerOffset);
        ReadOnlySpan<byte> raw = blocks.Read(out _);
        if (place.Offset < 0 || place.Offset >= raw.Length)
            throw CheckpointErrors.Invalid(file.Path, place.Block, "an item is not where it was");
        raw = raw[place.Offset..];
        Span<byte> length = stackalloc byte[LengthBytes];
        Fill(length, ref raw, blocks);
        int itemBytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (itemBytes is < 0 or > RecordLimits.RecordBytesMax * 2)
            throw CheckpointErrors.Invalid(file.Path, place.Block, "an item has an impossible length");
        byte[] item = new byte[itemBytes];
        Fill(item, ref raw, blocks);
        return item;
    }

    public void Dispose()
    {
        Volatile.Write(ref _isClosed, true);
        file.Dispose();
    }

    /// <summary>An item, and its length too, may go on in the next block.</summary>
    private static void Fill(scoped Span<byte> target, ref ReadOnlySpan<byte> raw, BlockReader blocks)
    {
        while (!target.IsEmpty)
        {
            if (raw.IsEmpty)
                raw = blocks.Read(out _);
            int count = Math.Min(target.Length, raw.Length);
            raw[..count].CopyTo(target);
            raw = raw[count..];
            target = target[count..];
        }
    }
}
