using Persistence.Recovery;
using Persistence.Root;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>What opening hands to the store: ROOT, the segment to write to, where to go on, and how it came about.</summary>
internal sealed record OpenedLog(
    RootFile Root, SegmentAllocator Allocator, SegmentWriter Active, LogPosition Position, RecoveryReport Report, long LogBytesSinceCheckpoint) : IDisposable
{
    /// <summary>Closes its files.</summary>
    public void Dispose()
    {
        Active.Dispose();
        Root.Dispose();
    }
}
