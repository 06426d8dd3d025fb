using Persistence.State;
using Persistence.Tests.Engine;
using Persistence.Wal;

namespace Persistence.Tests.Repair;

/// <summary>Where a commit lies in the log, to be damaged there.</summary>
internal sealed class CommitPlace(CommitResult commit)
{
    /// <summary>Of the frame whose first record it is.</summary>
    public long FrameOffset { get; private set; }

    public void Damage(StoreImage image)
    {
        foreach (string path in image.Paths.Where(path => path.StartsWith("wal/0", StringComparison.Ordinal)))
        {
            SegmentHeader header = SegmentHeader.Decode(image[path].AsSpan(0, SegmentHeader.Bytes), path)!;
            if (commit.First < header.FirstFrameLsn || commit.First >= header.NextFirstLsn)
                continue;
            FrameOffset = commit.First - header.FirstLsn - FrameHeader.Bytes;
            image.Flip(path, commit.First - header.FirstLsn + 10);
            return;
        }

        throw new InvalidOperationException("The commit is in no segment.");
    }
}
