using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Collects what <see cref="TailVerdict"/> decides on.</summary>
internal static class TailEvidenceGatherer
{
    /// <summary>Looks at the position where <paramref name="reader"/> stopped, and past it.</summary>
    public static TailEvidence Gather(ReadWindow window, SegmentHeader header, SegmentReader reader, RootRecord root)
    {
        Lsn position = reader.NextLsn;
        Lsn? recordedEnd = root.Clean ? root.DurableFloor : null;
        bool tooShort = window.FileBytes < header.SizeBytes;
        bool asRecorded = position == recordedEnd && !tooShort;
        return new TailEvidence(
            position,
            recordedEnd,
            root.DurableFloor,
            asRecorded ? null : TailProof.Find(window, header, reader.Offset),
            tooShort,
            SomethingWritten: !asRecorded && TailProof.HasFrameHeader(window, header, reader.Offset));
    }
}
