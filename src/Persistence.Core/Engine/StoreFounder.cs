using Persistence.Checkpoints;
using Persistence.Compression;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Makes a store of states that were rebuilt from somewhere else: a new store id, the next epoch, a log that begins above every position the old one may have used, and a full checkpoint. No segment is copied. ROOT comes last; before, a file in
/// <c>staging</c> shows that what is there does not count, and doing it again begins anew (Backups/FORMAT.md).
/// </summary>
internal sealed class StoreFounder
{
    private const string MarkerName = "founding";
    private const string Marker = $"{AtomicFile.StagingDirectory}/{MarkerName}";

    private readonly StoreHost _host;
    private readonly StoreOptions _options;
    private readonly StateModels _models;
    private readonly Action<long, long>? _progress;
    private readonly Guid _storeId;

    /// <param name="host">The new store's outside world.</param>
    /// <param name="options">How its first files are made.</param>
    /// <param name="models">The states; they are empty afterwards.</param>
    /// <param name="progress">Told of items written, and how many there are; throwing from it gives up.</param>
    public StoreFounder(StoreHost host, StoreOptions options, StateModels models, Action<long, long>? progress)
    {
        _host = host;
        _options = options;
        _models = models;
        _progress = progress;
        _storeId = host.Random.NextGuid();
    }

    private IFileSystem Files => _host.Files;

    /// <summary>Whether a founding has begun here, and nothing says that it has ended.</summary>
    public static bool IsMarked(IFileSystem files) => files.List(AtomicFile.StagingDirectory).Any(static entry => entry.Name == MarkerName);

    /// <summary>Refuses a directory in which something is that must not be lost.</summary>
    /// <exception cref="StoreException">StoreExists, StoreMismatch, RecoveryRequired (a store without ROOT).</exception>
    public static void RequireEmpty(IFileSystem files)
    {
        StoreContent content = StoreLayout.Classify(files);
        if (content is not StoreContent.FoundingCutShort)
            StoreCreator.Refuse(content);
    }

    /// <summary>Makes the store; it is durable on return.</summary>
    /// <param name="from">Where it takes up the history.</param>
    /// <param name="placeFiles">Puts the files that belong to the states into their directories, durably; only the directories' names are synced for it.</param>
    /// <returns>Its ROOT.</returns>
    /// <exception cref="StoreException">As <see cref="RequireEmpty"/> has it; StoreLocked; or why the files could not be made. There is no store then.</exception>
    public RootRecord Found(FoundingPoint from, Action placeFiles)
    {
        RequireEmpty(Files);
        using StoreLock storeLock = _host.AcquireLock(_options.LockTimeoutMs);
        RequireEmpty(Files);
        Begin();
        placeFiles();
        foreach (string directory in (string[])["files", "backup"])
            Files.SyncDirectory(directory);
        SegmentHeader header = CreateSegment(from);
        RootCheckpoint checkpoint = CreateCheckpoint(from, header);
        RootRecord root = NameBoth(from, header, checkpoint);
        CreateRoot(root);
        Files.TryDelete(Marker);
        return root;
    }

    /// <summary>One of which nobody knows whether it is durable is taken back: then there is no store, as the caller is told.</summary>
    private void CreateRoot(RootRecord root)
    {
        try
        {
            RootFile.Create(Files, root);
        }
        catch
        {
            Files.TryDelete(RootFile.Name);
            throw;
        }
    }

    /// <summary>From here on nothing counts until ROOT is there; only then may what another attempt left be removed.</summary>
    private void Begin()
    {
        StoreLayout.CreateDirectories(Files);
        if (!IsMarked(Files))
        {
            using IFile marker = Files.Open(Marker, FileIntent.CreateNew);
            marker.Sync();
        }

        Files.SyncDirectory(AtomicFile.StagingDirectory);
        foreach (string directory in StoreLayout.Directories)
            Empty(directory);
    }

    private void Empty(string directory)
    {
        foreach (FileEntry entry in Files.List(directory))
        {
            string path = $"{directory}/{entry.Name}";
            if (entry.Kind == FileEntryKind.File && path != Marker)
                Files.Delete(path);
        }
    }

    /// <summary>It says that a log came before, which is not there: without its checkpoint the store must be refused, not be taken for an empty one.</summary>
    private SegmentHeader CreateSegment(FoundingPoint from)
    {
        SegmentHeader header = new()
        {
            SectorBytes = _options.SectorBytes,
            StoreId = _storeId,
            Sequence = from.Sequence + 1,
            FirstLsn = from.FreeLsn,
            SizeBytes = _options.SegmentBytes,
            Epoch = from.Epoch + 1,
            Salt = _host.Random.NextSalt(),
            Created = _host.Clock.GetTimestamp100Ns(),
            PreviousSequence = from.Sequence,
            PreviousEnd = from.Position.Lsn,
            PreviousLink = from.Position.Link,
        };
        SegmentAllocator allocator = new(Files, _host.Scheduler, _options.SegmentBytes, []);
        SegmentOpener.Begin(Files, _host.Scheduler, allocator, allocator.Reserve(_options.SegmentBytes), header).Dispose();
        return header;
    }

    private RootCheckpoint CreateCheckpoint(FoundingPoint from, SegmentHeader header)
    {
        string staged = CheckpointNames.StagingPath(from.CheckpointId, RootCheckpoint.Full);
        uint fileCrc = Write(staged, from, header);
        using (IFile file = Files.Open(staged, FileIntent.Read))
        {
            CheckpointReader reader = CheckpointReader.Open(file, _storeId, from.CheckpointId);
            if (reader.FileCrc != fileCrc)
                throw CheckpointErrors.Invalid(staged, 0, "it does not read back as it was written");
            reader.ReadItems(static (_, _, _) => { });
        }

        Files.Rename(staged, CheckpointNames.Path(from.CheckpointId, RootCheckpoint.Full));
        Files.SyncDirectory(CheckpointNames.Directory);
        return new RootCheckpoint(from.CheckpointId, RootCheckpoint.Full, header.FirstFrameLsn, header.FirstFrameLsn, fileCrc);
    }

    private uint Write(string staged, FoundingPoint from, SegmentHeader header)
    {
        FoundingSink sink = new(Files, _options, header.FirstFrameLsn);
        foreach (IStateModel model in _models.All)
            model.Attach(sink);
        List<IStateCapture> captures = [.. _models.All.Select(static model => model.Capture(Lsn.None))];
        try
        {
            using IFile file = Files.Open(staged, FileIntent.CreateNew);
            long total = captures.Sum(static capture => capture.Count);
            CheckpointWriter writer = new(file, _options.Compress ? Compressors.CreateDefault(_options.CompressionLevel) : null, _ => _progress?.Invoke(captures.Sum(static capture => capture.Done), total));
            writer.Begin(new CheckpointHeader(_storeId, from.CheckpointId, RootCheckpoint.Full, header.Created));
            for (int i = 0; i < captures.Count; i++)
                writer.WriteSection(_models.All[i].Id, _models.All[i].SnapshotVersion, header.FirstFrameLsn, captures[i]);
            return writer.End(new CheckpointFooter
            {
                RedoFrom = header.FirstFrameLsn,
                Begin = header.FirstFrameLsn,
                End = header.FirstFrameLsn,
                Epoch = header.Epoch,
                Link = header.PreviousLink,
            });
        }
        finally
        {
            foreach (IStateCapture capture in captures)
                capture.End(published: false);
            _models.Reset();
        }
    }

    private RootRecord NameBoth(FoundingPoint from, SegmentHeader header, RootCheckpoint checkpoint) => new()
    {
        Generation = 1,
        StoreId = _storeId,
        Epoch = header.Epoch,
        ActiveSequence = header.Sequence,
        ActiveFirstLsn = header.FirstLsn,
        ActiveSalt = header.Salt,
        OldestNeededSequence = header.Sequence,
        OldestNeededLsn = header.FirstFrameLsn,
        DurableFloor = header.FirstFrameLsn,
        Clean = true,
        BootId = _host.Process.BootId,
        Created = header.Created,
        Checkpoints = (RootCheckpoint[])[checkpoint],
        NextCheckpointId = from.CheckpointId + 1,
        FreeLsn = header.FirstLsn,
    };
}
