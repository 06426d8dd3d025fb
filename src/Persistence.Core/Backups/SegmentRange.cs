using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>A contiguous part of a log that is to be backed up.</summary>
/// <param name="Pieces">Oldest first.</param>
/// <param name="End">Where it ends.</param>
internal sealed record SegmentRange(IReadOnlyList<SegmentPiece> Pieces, LogPosition End)
{
    public long Bytes => Pieces.Sum(static piece => piece.Bytes);

    /// <summary>Segments whole, up to the end of the log.</summary>
    public static SegmentRange All(IReadOnlyList<SegmentInfo> segments, LogPosition end)
    {
        List<SegmentPiece> pieces = [];
        for (int i = 0; i < segments.Count; i++)
        {
            SegmentHeader header = segments[i].Header!;
            LogPosition sealedAt = i + 1 < segments.Count ? new LogPosition(segments[i + 1].Header!.PreviousEnd, default) : end;
            pieces.Add(new SegmentPiece(segments[i], 0, sealedAt.Lsn - header.FirstLsn));
        }

        return new SegmentRange(pieces, end);
    }

    /// <summary>What came after a backup.</summary>
    /// <exception cref="StoreException">StoreMismatch: it is of another store. BackupInvalid: the log between is gone, or is not what continues the backup.</exception>
    public SegmentRange Since(IFileSystem files, Guid storeId, BackupManifest parent)
    {
        if (parent.Root.StoreId != storeId)
            throw new StoreException(StoreError.StoreMismatch, $"Backup {parent.Id} is of store {parent.Root.StoreId}, not of this one ({storeId}). Take a full backup.");
        int index = IndexOf(piece => IsActive(piece.Segment.Header!, parent.Root));
        if (index >= 0)
            return From(files, index, parent);
        // Where the backup ended exactly with its segment, that one need not be there any more.
        index = IndexOf(piece => piece.Segment.Header is SegmentHeader header && header.PreviousSequence == parent.Root.ActiveSequence && Before(header) == parent.Position);
        if (index < 0)
            throw ReachesBackTo(parent.Root) ? GoneOnDifferently(parent) : BackupErrors.Invalid($"The log from LSN {parent.Position.Lsn} on, where backup {parent.Id} ended, is no longer in the store: retention has removed it. Take a full backup.");
        return this with { Pieces = Pieces.Skip(index).ToArray() };
    }

    private static bool IsActive(SegmentHeader header, RootRecord root) =>
        header.Sequence == root.ActiveSequence && header.FirstLsn == root.ActiveFirstLsn && header.Salt == root.ActiveSalt;

    /// <summary>Then its segment is not there because the store has left it, and not because retention has taken it.</summary>
    private bool ReachesBackTo(RootRecord root) => Pieces[0].Segment.Header is SegmentHeader oldest && oldest.FirstLsn <= root.ActiveFirstLsn;

    private static StoreException GoneOnDifferently(BackupManifest parent) => BackupErrors.Invalid(
        $"The log does not continue backup {parent.Id}: by LSN {parent.Position.Lsn}, where the backup ended, the store has gone on differently. It was taken back to an earlier position, or has lost its last commits. Take a full backup.");

    private static LogPosition Before(SegmentHeader header) => new(header.PreviousEnd, header.PreviousLink);

    private int IndexOf(Func<SegmentPiece, bool> matches)
    {
        for (int i = 0; i < Pieces.Count; i++)
        {
            if (matches(Pieces[i]))
                return i;
        }

        return -1;
    }

    private SegmentRange From(IFileSystem files, int index, BackupManifest parent)
    {
        SegmentPiece piece = Pieces[index] with { From = parent.Position.Lsn - Pieces[index].Segment.Header!.FirstLsn };
        if (piece.Bytes < 0 || !Continues(files, index, piece, parent.Position))
            throw GoneOnDifferently(parent);
        return this with { Pieces = (SegmentPiece[])[.. piece.Bytes == 0 ? [] : (SegmentPiece[])[piece], .. Pieces.Skip(index + 1)] };
    }

    /// <summary>The next frame must name the backup's last one.</summary>
    private bool Continues(IFileSystem files, int index, SegmentPiece piece, LogPosition position)
    {
        if (piece.Bytes == 0)
            return (index + 1 < Pieces.Count ? Before(Pieces[index + 1].Segment.Header!) : End) == position;
        using IFile file = piece.Source.Open(files);
        using ReadWindow window = new(file);
        return new SegmentReader(window, piece.Segment.Header!, piece.To, piece.From, position.Link).Read() == FrameDefect.None;
    }
}
