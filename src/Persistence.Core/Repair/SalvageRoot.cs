using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>ROOT of a damaged store: as it is, or guessed from what else is there.</summary>
internal sealed class SalvageRoot(IFileSystem files, List<RecoveryFinding> findings)
{
    public RootRecord Find()
    {
        RootRecord? read = TryRead();
        if (read is not null)
            return read.Checkpoints.Count > 0 ? read : read with { Checkpoints = RootRebuilder.FindCheckpoints(files, read.StoreId) };
        findings.Add(new RecoveryFinding(FindingKind.RootLost, FindingSeverity.Error, "No copy of ROOT can be read: what belongs to the store was guessed from its segments and checkpoints.") { File = RootFile.Name });
        return Guess();
    }

    private RootRecord? TryRead()
    {
        try
        {
            return RootFile.Read(files).Trusted;
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            return null;
        }
    }

    private RootRecord Guess()
    {
        SegmentHeader[] headers = [.. SegmentCatalog.Read(files, storeId: null, static _ => { }).Segments.Select(static segment => segment.Header).OfType<SegmentHeader>()];
        Guid storeId = headers.LastOrDefault()?.StoreId ?? FindStoreIdInCheckpoints()
            ?? throw new StoreException(StoreError.RecoveryRequired, "ROOT is lost, and neither a segment nor a checkpoint says which store this was.") { File = RootFile.Name };
        RootCheckpoint[] checkpoints = [.. RootRebuilder.FindCheckpoints(files, storeId).OrderBy(static checkpoint => checkpoint.Id)];
        Lsn known = headers.Where(header => header.StoreId == storeId).Aggregate(Lsn.None, static (last, header) => Lsn.Later(last, header.NextFirstLsn));
        known = checkpoints.Aggregate(known, static (last, checkpoint) => Lsn.Later(last, checkpoint.End));
        return new RootRecord
        {
            StoreId = storeId,
            Epoch = headers.Length == 0 ? 1 : headers.Max(static header => header.Epoch),
            ActiveSequence = headers.LastOrDefault()?.Sequence ?? 1,
            Checkpoints = checkpoints,
            NextCheckpointId = checkpoints.Length == 0 ? 1 : checkpoints[^1].Id + 1,
            // A newest segment may be lost, and may have been as large as a segment can be.
            FreeLsn = known + SegmentHeader.SizeBytesMax,
        };
    }

    private Guid? FindStoreIdInCheckpoints()
    {
        foreach (FileEntry entry in files.List(CheckpointNames.Directory).Reverse())
        {
            if (entry.Kind == FileEntryKind.File && CheckpointNames.TryParse(entry.Name, out long id, out int kind) && TryReadStoreId(CheckpointNames.Path(id, kind)) is Guid found)
                return found;
        }

        return null;
    }

    private Guid? TryReadStoreId(string path)
    {
        try
        {
            using IFile file = files.Open(path, FileIntent.Read);
            byte[] header = new byte[CheckpointHeader.Bytes];
            return file.Read(header, 0) == header.Length ? CheckpointHeader.Decode(header, path).StoreId : null;
        }
        catch (StoreException e) when (e.Error is StoreError.CheckpointInvalid or StoreError.StorageFailed)
        {
            return null;
        }
    }
}
