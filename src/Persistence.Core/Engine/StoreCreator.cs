using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Creates an empty store: complete once ROOT has its name (Wal/FORMAT.md §5.10).</summary>
internal static class StoreCreator
{
    /// <param name="main">The store's outside world.</param>
    /// <param name="options">How it is created.</param>
    /// <exception cref="StoreException">StoreExists, StoreMismatch (a foreign directory), StoreLocked (being created), LockTimeout, CircuitOpen, RecoveryRequired (a store without ROOT).</exception>
    public static void Create(StoreHost main, StoreOptions options)
    {
        Refuse(StoreLayout.Classify(main.Files));
        Guid storeId = CreationMark.TryRead(main.Files) ?? main.Random.NextGuid();
        StorePlacement placement = StorePlacement.ForCreation(main, options, storeId);
        StoreHost host = placement.Host;
        Refuse(StoreLayout.Classify(host.Files));
        using StoreLock storeLock = host.AcquireLock(options.LockTimeoutMs);
        Refuse(StoreLayout.Classify(host.Files));
        StoreLayout.CreateDirectories(host.Files);
        RemoveBeginnings(host.Files);
        if (placement.Directories.Count > 0)
            CreationMark.Write(main.Files, storeId);
        placement.WriteIdentities();
        SegmentHeader first = CreateFirstSegment(host, options, storeId);
        RootFile.Create(host.Files, new RootRecord
        {
            Generation = 1,
            StoreId = first.StoreId,
            Epoch = first.Epoch,
            ActiveSequence = first.Sequence,
            ActiveFirstLsn = first.FirstLsn,
            ActiveSalt = first.Salt,
            OldestNeededSequence = first.Sequence,
            OldestNeededLsn = first.FirstFrameLsn,
            DurableFloor = first.FirstFrameLsn,
            Clean = true,
            BootId = host.Process.BootId,
            Created = first.Created,
            Directories = placement.Directories,
        });
        CreationMark.Remove(main.Files);
    }

    internal static void Refuse(StoreContent content)
    {
        if (content == StoreContent.Store)
            throw new StoreException(StoreError.StoreExists, "The directory holds a store already.");
        if (content == StoreContent.StoreWithoutRoot)
            throw RootLost();
        if (content == StoreContent.FoundingCutShort)
            throw new StoreException(StoreError.StoreMismatch, "Restoring a store into the directory was cut short. Restore it again, or choose another directory. Nothing was changed.");
        if (content == StoreContent.Foreign)
            throw new StoreException(StoreError.StoreMismatch, "The directory is not empty and does not hold a store. Nothing was changed.");
    }

    internal static StoreException RootLost() => new(
        StoreError.RecoveryRequired,
        "No copy of ROOT is valid. It can be rebuilt from the segments and checkpoints (recovery mode TolerateTail), but whether a newest segment is missing cannot be told without it. Nothing was changed.")
    { File = RootFile.Name };

    private static void RemoveBeginnings(IFileSystem files)
    {
        StoreLayout.RemoveStagingLeftovers(files, kept: CreationMark.Name);
        foreach (FileEntry entry in files.List(SegmentNames.Directory))
        {
            if (entry.Kind == FileEntryKind.File)
                files.Delete($"{SegmentNames.Directory}/{entry.Name}");
        }
    }

    private static SegmentHeader CreateFirstSegment(StoreHost host, StoreOptions options, Guid storeId)
    {
        SegmentHeader header = new()
        {
            SectorBytes = options.SectorBytes,
            StoreId = storeId,
            Sequence = 1,
            FirstLsn = Lsn.None,
            SizeBytes = options.SegmentBytes,
            Epoch = 1,
            Salt = host.Random.NextSalt(),
            Created = host.Clock.GetTimestamp100Ns(),
        };
        SegmentAllocator allocator = new(host.Files, host.Scheduler, options.SegmentBytes, []);
        SegmentOpener.Begin(host.Files, host.Scheduler, allocator, allocator.Reserve(options.SegmentBytes), header).Dispose();
        return header;
    }
}
