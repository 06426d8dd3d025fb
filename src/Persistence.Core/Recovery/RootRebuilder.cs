using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Derives ROOT from what else is there, when every copy of it is lost and the caller asked for it.</summary>
internal static class RootRebuilder
{
    /// <exception cref="StoreException">There is no segment with a valid header to start from.</exception>
    public static RootRecord Rebuild(IFileSystem files)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(files, storeId: null);
        // The newest segment tells where the log ends: one that cannot be read may be that.
        if (catalog.Segments.FirstOrDefault(segment => segment.Unreadable is not null) is { Unreadable: StorageException unreadable })
            throw unreadable;
        SegmentInfo last = catalog.Segments.LastOrDefault(segment => segment.Header is not null)
            ?? throw new StoreException(StoreError.RecoveryRequired, "ROOT is lost, and no segment has a valid header to rebuild it from.") { File = RootFile.Name };
        SegmentHeader newest = last.Header!;
        LogPath path = LogPath.To(last, catalog);
        SegmentHeader oldest = catalog.Segments.First(segment => segment.Header is not null).Header!;
        List<RootCheckpoint> checkpoints = [.. FindCheckpoints(files, newest.StoreId).Where(checkpoint => path.Holds(checkpoint.RedoFrom) && path.Holds(checkpoint.End))];
        return new RootRecord
        {
            Generation = 1,
            StoreId = newest.StoreId,
            Epoch = catalog.Segments.Max(segment => segment.Header?.Epoch ?? 0),
            ActiveSequence = newest.Sequence,
            ActiveFirstLsn = newest.FirstLsn,
            ActiveSalt = newest.Salt,
            OldestNeededSequence = oldest.Sequence,
            OldestNeededLsn = oldest.FirstFrameLsn,
            DurableFloor = newest.PreviousEnd,
            Checkpoints = checkpoints,
            Branches = path.Segments.Select(static segment => segment.Header!).Where(static header => header.BeginsBranch).Select(static header => new RootBranch(header.Epoch, header.PreviousEnd, header.FirstLsn)).TakeLast(RootBranches.ListedMax).ToArray(),
            Created = oldest.Created,
            FreeLsn = checkpoints.Aggregate(newest.NextFirstLsn, (last, checkpoint) => Lsn.Later(last, checkpoint.End)) + SegmentHeader.SizeBytesMax,
            NextCheckpointId = checkpoints.Count == 0 ? 1 : checkpoints[^1].Id + 1,
        };
    }

    /// <summary>Checkpoints whose footers are intact, oldest first.</summary>
    internal static List<RootCheckpoint> FindCheckpoints(IFileSystem files, Guid storeId)
    {
        List<RootCheckpoint> found = [];
        foreach (FileEntry entry in files.List(CheckpointNames.Directory))
        {
            if (entry.Kind == FileEntryKind.File && CheckpointNames.TryParse(entry.Name, out long id, out int kind) && TryRead(files, storeId, id, kind) is RootCheckpoint checkpoint)
                found.Add(checkpoint);
        }

        return found;
    }

    private static RootCheckpoint? TryRead(IFileSystem files, Guid storeId, long id, int kind)
    {
        try
        {
            using IFile file = files.Open(CheckpointNames.Path(id, kind), FileIntent.Read);
            CheckpointReader reader = CheckpointReader.Open(file, storeId, id);
            return new RootCheckpoint(id, reader.Header.Kind, reader.Footer.RedoFrom, reader.Footer.End, reader.FileCrc);
        }
        catch (StoreException e) when (e.Error is StoreError.CheckpointInvalid or StoreError.StorageFailed)
        {
            return null;
        }
    }
}
