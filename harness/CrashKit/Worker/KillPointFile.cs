using System.Buffers.Binary;
using Persistence.CrashKit.Protocol;
using Persistence.Storage;

namespace Persistence.CrashKit.Worker;

/// <summary>A file with the named points in it.</summary>
internal sealed class KillPointFile(IFile inner, KillTrigger trigger) : IFile
{
    // Frames begin with these bytes and have their body's length at this offset (Wal/FORMAT.md §3).
    private const int FrameHeaderBytes = 72;
    private const int BodyLengthOffset = 48;

    // Long enough for an acknowledgement that ought not to be given yet to get out.
    private const int PauseMs = 5;

    private bool _hasUnsyncedFrame;

    public string Path => inner.Path;

    private static ReadOnlySpan<byte> FrameMagic => "PFRM"u8;

    public long GetLength() => inner.GetLength();

    public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        bool isFrame = data.Length >= FrameHeaderBytes && data.StartsWith(FrameMagic);
        if (isFrame && trigger.Reaches(KillPoint.BetweenAckAndWrite))
        {
            Thread.Sleep(PauseMs);
            trigger.Fire();
        }

        if (DiesInside(isFrame))
            WriteInPart(data, offset, isFrame);
        inner.Write(data, offset);
        _hasUnsyncedFrame |= isFrame;
    }

    public void SetLength(long length)
    {
        trigger.PassChange();
        inner.SetLength(length);
    }

    public void Allocate(long length)
    {
        trigger.PassChange();
        inner.Allocate(length);
    }

    public void SyncData()
    {
        if (!_hasUnsyncedFrame)
        {
            trigger.PassChange();
            inner.SyncData();
            return;
        }

        trigger.Pass(KillPoint.BeforeSync);
        inner.SyncData();
        trigger.Pass(KillPoint.AfterSync);
        _hasUnsyncedFrame = false;
    }

    public void Sync()
    {
        trigger.PassChange();
        inner.Sync();
    }

    public bool TryLock(FileLockKind kind) => inner.TryLock(kind);

    public void Dispose() => inner.Dispose();

    private bool DiesInside(bool isFrame) =>
        (isFrame && trigger.Reaches(KillPoint.InsideWrite))
        || (StoreFiles.IsRoot(Path) && trigger.Reaches(KillPoint.InsideRootWrite))
        || (StoreFiles.IsStagedCheckpoint(Path) && trigger.Reaches(KillPoint.InsideCheckpointWrite))
        || (StoreFiles.IsStagedArchive(Path) && trigger.Reaches(KillPoint.InsideArchiveWrite))
        || trigger.Reaches(KillPoint.InsideRecovery)
        || trigger.Reaches(KillPoint.InsideCreation);

    private void WriteInPart(ReadOnlySpan<byte> data, long offset, bool isFrame)
    {
        KillOrder order = trigger.Order!;
        int usedBytes = isFrame ? FrameHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(data[BodyLengthOffset..]) : data.Length;
        int prefixBytes = (int)(usedBytes * order.CutFraction);
        if (order.LeavesGarbage)
            inner.Write(Damage(data, prefixBytes, usedBytes), offset);
        else
            inner.Write(data[..prefixBytes], offset);
        trigger.Fire();
    }

    /// <summary>The whole of the write, with a few bytes past the cut wrong.</summary>
    private static byte[] Damage(ReadOnlySpan<byte> data, int prefixBytes, int usedBytes)
    {
        const int wrongBytes = 8;
        byte[] damaged = data.ToArray();
        int start = Math.Clamp(prefixBytes, 0, Math.Max(usedBytes - wrongBytes, 0));
        for (int i = start; i < Math.Min(start + wrongBytes, damaged.Length); i++)
            damaged[i] ^= 1;
        return damaged;
    }
}
