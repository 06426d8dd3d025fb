using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Compression;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Takes, publishes and retires. The order is the crash argument (Checkpoints/FORMAT.md, Wal/FORMAT.md §5.9): written,
/// synced, read back, renamed, directory synced, listed in ROOT, and only then is anything older removed.
/// </summary>
internal sealed class CheckpointTaker
{
    private readonly StoreHost _host;
    private readonly StoreOptions _options;
    private readonly StateModels _models;
    private readonly WriteAheadLog _log;
    private readonly RootFile _root;
    private readonly SegmentAllocator _allocator;
    private readonly ICompressor? _compressor;

    public CheckpointTaker(
        StoreHost host, StoreOptions options, StateModels models, WriteAheadLog log, RootFile root, SegmentAllocator allocator)
    {
        _host = host;
        _options = options;
        _models = models;
        _log = log;
        _root = root;
        _allocator = allocator;
        _compressor = options.Compress ? Compressors.CreateDefault(options.CompressionLevel) : null;
    }

    /// <summary>Takes one checkpoint. One at a time: the caller sees to it.</summary>
    /// <param name="name">A label, or null.</param>
    /// <param name="reserve">What is given up for it; null: it takes what is free.</param>
    /// <exception cref="StoreException">Not published; the store is unharmed unless it is StoreFaulted.</exception>
    public CheckpointInfo Take(string? name, SpaceReserve? reserve = null)
    {
        (LogPosition position, LogPosition redo, IReadOnlyList<IStateCapture> captures) = _log.RunQuiesced(
            (at, redoFrom) => (at, redoFrom, (IReadOnlyList<IStateCapture>)[.. _models.All.Select(model => model.Capture())]));
        long id = _root.Current.NextCheckpointId;
        string staged = CheckpointNames.StagingPath(id);
#if MUTANTS
        if (Mutants.Is(Mutants.CheckpointInPlace) && _root.Current.Checkpoints.Count > 0)
        {
            id = _root.Current.Checkpoints[^1].Id;
            staged = CheckpointNames.Path(id);
        }
#endif
        CheckpointInfo info;
        uint fileCrc;
        try
        {
            fileCrc = Write(staged, id, name, position.Lsn, redo, captures, reserve);
            info = Verify(staged, id, fileCrc);
#if MUTANTS
            if (Mutants.Is(Mutants.LogDeletedBeforeCheckpointRename))
                RetireLogBelow(position.Lsn);
#endif
            _host.Files.Rename(staged, CheckpointNames.Path(id));
#if MUTANTS
            if (!Mutants.Is(Mutants.NoDirSyncBeforeLogDelete))
#endif
            _host.Files.SyncDirectory(CheckpointNames.Directory);
            _host.Files.SyncDirectory(AtomicFile.StagingDirectory);
        }
        catch
        {
            _host.Files.TryDelete(staged);
            throw;
        }

#if MUTANTS
        if (Mutants.Is(Mutants.OldCheckpointDeletedEarly))
            DeleteCheckpointsToBeReplaced();
#endif
        Publish(new RootCheckpoint(id, CheckpointHeader.Full, redo.Lsn, position.Lsn, fileCrc));
        return info;
    }

    /// <summary>Removes what neither slot of ROOT needs. A failure leaves it for the next time.</summary>
    public void Retire()
    {
        NameInBothSlots();
        RemoveUnlistedCheckpoints();
        Lsn neededFrom = _root.Current.OldestNeededLsn;
        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
        IReadOnlyList<SegmentInfo> retired = RetentionPolicy.ChooseRetired(catalog.Segments, neededFrom, _root.Current.ActiveSequence, Retention());
        foreach (SegmentInfo segment in retired)
            _allocator.Retire(segment, Math.Max(_options.SpareSegments, 1));
        if (retired.Count == 0)
            return;
        OrFail(_allocator.SyncDirectory);
        Lsn kept = retired[^1].Header?.NextFirstLsn ?? Lsn.None;
        foreach (IDeferredEffects effects in _models.Effects)
            effects.ForgetBelow(_host.Files, kept);
    }

#if MUTANTS
    private void RetireLogBelow(Lsn neededFrom)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
        foreach (SegmentInfo segment in RetentionPolicy.ChooseRetired(catalog.Segments, neededFrom, _root.Current.ActiveSequence, Retention()))
            _allocator.Retire(segment, Math.Max(_options.SpareSegments, 1));
    }

    private void DeleteCheckpointsToBeReplaced()
    {
        foreach (RootCheckpoint old in _root.Current.Checkpoints.SkipLast(_options.CheckpointsRetained - 1))
            _host.Files.TryDelete(CheckpointNames.Path(old.Id));
    }
#endif

    private LogRetention Retention() => new(
        _options.LogRetainBytes,
        _options.LogRetainSegments,
        _options.LogRetainSeconds == 0 ? long.MinValue : _host.Clock.GetTimestamp100Ns() - (_options.LogRetainSeconds * TimeSpan.TicksPerSecond));

    /// <summary>While one slot still names what the other no longer needs, nothing of it can go: losing a slot would lose it.</summary>
    private void NameInBothSlots()
    {
        RootRecord? previous = _root.Previous;
        if (previous is not null && previous.OldestNeededLsn == _root.Current.OldestNeededLsn && previous.Checkpoints.SequenceEqual(_root.Current.Checkpoints))
            return;
        UpdateRoot(static record => record);
    }

    private void UpdateRoot(Func<RootRecord, RootRecord> change) => OrFail(() => _root.Update(change));

    /// <summary>What the active segment's and ROOT's durability rests on stops the log when it fails.</summary>
    private void OrFail(Action sync)
    {
        try
        {
            sync();
        }
        catch (StorageException e)
        {
            _log.Fail(e);
            throw;
        }
    }

    private uint Write(string staged, long id, string? name, Lsn position, LogPosition redo, IReadOnlyList<IStateCapture> captures, SpaceReserve? reserve)
    {
        _host.Files.TryDelete(staged);
        using IFile file = Create(staged, reserve);
        CheckpointWriter writer = new(file, _compressor);
        writer.Begin(new CheckpointHeader(_root.Current.StoreId, id, CheckpointHeader.Full, _host.Clock.GetTimestamp100Ns()));
        for (int i = 0; i < captures.Count; i++)
            writer.WriteSection(_models.All[i].Id, _models.All[i].SnapshotVersion, position, captures[i]);
        return writer.End(new CheckpointFooter
        {
            RedoFrom = redo.Lsn,
            Begin = position,
            End = position,
            Name = name,
            Epoch = _root.Current.Epoch,
            Link = redo.Link,
        });
    }

    private IFile Create(string staged, SpaceReserve? reserve)
    {
        IFile file = _host.Files.Open(staged, FileIntent.CreateNew);
        return reserve is null ? file : new ScarceFile(file, reserve, "The checkpoint");
    }

    private CheckpointInfo Verify(string staged, long id, uint fileCrc)
    {
        using IFile file = _host.Files.Open(staged, FileIntent.Read);
        CheckpointReader reader = CheckpointReader.Open(file, _root.Current.StoreId, id);
        if (reader.FileCrc != fileCrc)
            throw CheckpointErrors.Invalid(staged, 0, "it does not read back as it was written");
        reader.ReadItems(static (_, _) => { });
        return CheckpointInfo.From(reader, CheckpointNames.Path(id));
    }

    private void Publish(RootCheckpoint checkpoint)
    {
        RootCheckpoint[] retained = [.. _root.Current.Checkpoints.TakeLast(_options.CheckpointsRetained - 1), checkpoint];
        bool complete = retained.Length >= _options.CheckpointsRetained;
        Lsn neededFrom = complete ? retained[0].RedoFrom : _root.Current.OldestNeededLsn;
        long neededSequence = FindSegment(neededFrom);
        UpdateRoot(record => record with
        {
            Checkpoints = retained,
            NextCheckpointId = checkpoint.Id + 1,
            DurableFloor = Lsn.Later(record.DurableFloor, checkpoint.End),
            OldestNeededLsn = neededFrom,
            OldestNeededSequence = neededSequence,
        });
    }

    private long FindSegment(Lsn lsn)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
        SegmentInfo? first = catalog.Segments.FirstOrDefault(segment => segment.Header is SegmentHeader header && header.NextFirstLsn > lsn);
        return first?.Sequence ?? _root.Current.ActiveSequence;
    }

    private void RemoveUnlistedCheckpoints()
    {
        HashSet<long> listed = [.. _root.Current.Checkpoints.Select(checkpoint => checkpoint.Id)];
        bool removed = false;
        foreach (FileEntry entry in _host.Files.List(CheckpointNames.Directory))
        {
            if (entry.Kind != FileEntryKind.File || !CheckpointNames.TryParse(entry.Name, out long id) || listed.Contains(id))
                continue;
            _host.Files.Delete(CheckpointNames.Path(id));
            removed = true;
        }

        if (removed)
            _host.Files.SyncDirectory(CheckpointNames.Directory);
    }
}
