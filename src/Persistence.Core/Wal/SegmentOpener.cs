#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>Turns files into the active segment.</summary>
internal static class SegmentOpener
{
    /// <summary>Writes a new segment's header into a reserved file and gives it its name; both durable on return.</summary>
    public static SegmentWriter Begin(IFileSystem files, IScheduler scheduler, SegmentAllocator allocator, ReservedSegment reserved, SegmentHeader header)
    {
        try
        {
            WriteHeader(reserved.File, header);
            files.Rename(reserved.Path, SegmentNames.Path(header.Sequence));
#if MUTANTS
            if (Mutants.Is(Mutants.ExtensionNotDurable))
                reserved.File.Allocate(header.SizeBytes);
            if (!Mutants.Is(Mutants.NoDirSyncAfterNewSegment))
#endif
            allocator.SyncDirectory();
        }
        catch
        {
            reserved.File.Dispose();
            throw;
        }

        return new SegmentWriter(reserved.File, header, reserved.FilledBytes, SegmentHeader.Bytes, scheduler) { IsFromReserve = reserved.IsFromReserve };
    }

    /// <summary>Once the header is durable readers may lock the file again: they see that it is another segment now.</summary>
    private static void WriteHeader(IFile file, SegmentHeader header)
    {
        Span<byte> page = stackalloc byte[SegmentHeader.Bytes];
        header.Encode(page);
        file.Write(page, 0);
#if MUTANTS
        if (!Mutants.Is(Mutants.SegmentHeaderNotSynced))
#endif
        file.Sync();
        file.TryLock(FileLockKind.Shared);
    }

    /// <summary>Opens an existing segment to continue at an offset, after a clean close.</summary>
    public static SegmentWriter Continue(IFileSystem files, IScheduler scheduler, SegmentHeader header, long offset, bool isFromReserve)
    {
        IFile file = files.Open(SegmentNames.Path(header.Sequence), FileIntent.ReadWrite);
        // How far the zeros reach is not recorded: the next step is written again, which costs little and is always right.
        return new SegmentWriter(file, header, offset, offset, scheduler) { IsFromReserve = isFromReserve };
    }
}
