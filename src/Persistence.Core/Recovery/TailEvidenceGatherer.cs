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
        bool somethingWritten = false;
        Lsn? proof = asRecorded ? null : TailProof.Find(window, header, reader.Offset, out somethingWritten);
        return new TailEvidence(position, recordedEnd, root.DurableFloor, proof, tooShort, somethingWritten);
    }
}
