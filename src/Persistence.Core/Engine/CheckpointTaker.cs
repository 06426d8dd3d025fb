using Persistence.Checkpoints;
#if MUTANTS
using Persistence.Compaction;
#endif
using Persistence.Compression;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;
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
    private readonly LiveOptions _options;
    private readonly StateModels _models;
    private readonly WriteAheadLog _log;
    private readonly RootFile _root;
    private readonly SegmentAllocator _allocator;
    private readonly LogRetirement _retirement;
    private readonly BackgroundPace _pace;
    private long _tip;
#if MUTANTS
    private Lsn _lastCaptured;
#endif

    public CheckpointTaker(
        StoreHost host, LiveOptions options, StateModels models, WriteAheadLog log, RootFile root, SegmentAllocator allocator, LogRetirement retirement)
    {
        _host = host;
        _options = options;
        _models = models;
        _log = log;
        _root = root;
        _allocator = allocator;
        _retirement = retirement;
        // The one that recovery started from.
        _tip = root.Current.Checkpoints.Count == 0 ? 0 : root.Current.Checkpoints[^1].Id;
        _pace = new BackgroundPace(host, () => log.Statistics.Commits);
    }

    private StoreOptions Options => _options.Current;

    /// <summary>Takes one checkpoint. One at a time: the caller sees to it.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="reserve">What is given up for it; null: it takes what is free.</param>
    /// <exception cref="StoreException">Not published; the store is unharmed unless it is StoreFaulted.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public CheckpointInfo Take(CheckpointRequest request, SpaceReserve? reserve = null)
    {
        RootCheckpoint? parent = ChooseParent(request.Kind);
        Lsn since = parent?.End ?? Lsn.None;
#if MUTANTS
        if (Mutants.Is(Mutants.IncrementOnWrongParent) && parent is not null)
            since = Lsn.Later(since, _lastCaptured);
#endif
        CheckpointDraft draft = Capture(request, parent, since);
#if MUTANTS
        _lastCaptured = draft.Position.Lsn;
#endif
        bool published = false;
        try
        {
            CheckpointInfo info = Publish(draft, reserve);
            published = true;
            GiveStored(draft, info);
            return info;
        }
        finally
        {
            foreach (IStateCapture capture in draft.Captures)
                capture.End(published);
        }
    }

    /// <summary>States that do not keep all of their items read them from here. One that cannot goes on as it has: the checkpoint stands.</summary>
    private void GiveStored(CheckpointDraft draft, CheckpointInfo info)
    {
        foreach (IStateCapture capture in draft.Captures)
        {
            if (capture.ReadsStored && TryOpenStored(info.Path, draft.Id) is StoredItemFile items)
            {
                _models.AddStored(items);
                capture.TakeStored(items);
            }
        }
    }

    private StoredItemFile? TryOpenStored(string path, long id)
    {
        try
        {
            IFile file = _host.Files.Open(path, FileIntent.Read);
            try
            {
                return new StoredItemFile(file, CheckpointReader.Open(file, _root.Current.StoreId, id).FooterOffset);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (StoreException)
        {
            return null;
        }
    }

    /// <summary>The newest checkpoint, if the next is to build on it.</summary>
    private RootCheckpoint? ChooseParent(CheckpointKind asked)
    {
        IReadOnlyList<RootCheckpoint> listed = _root.Current.Checkpoints;
        IReadOnlyList<RootCheckpoint> chain = CheckpointChains.Newest(listed);
        // What was deleted since any other one, the states do not know any more.
        if (chain.Count == 0 || chain[^1].Id != _tip)
            return null;
        bool hasRoom = CheckpointChains.HasRoomForIncrement(listed, Options.CheckpointsRetained);
        return CheckpointPolicy.IsIncrement(Options, asked, MeasureChain(chain), hasRoom) ? chain[^1] : null;
    }

    /// <summary>A chain of which a file is missing is none to build on.</summary>
    private List<long> MeasureChain(IReadOnlyList<RootCheckpoint> chain)
    {
        List<long> sizes = [];
        try
        {
            foreach (RootCheckpoint checkpoint in chain)
            {
                using IFile file = _host.Files.Open(CheckpointNames.Path(checkpoint), FileIntent.Read);
                sizes.Add(file.GetLength());
            }
        }
        catch (StorageException)
        {
            sizes.Clear();
        }

        return sizes;
    }

    private CheckpointDraft Capture(CheckpointRequest request, RootCheckpoint? parent, Lsn since)
    {
        List<IStateCapture> captures = [];
        try
        {
            return _log.RunQuiesced((at, redoFrom) =>
            {
                foreach (IStateModel model in _models.All)
                    captures.Add(model.Capture(since));
                return new CheckpointDraft(_root.Current.NextCheckpointId, request, parent, at, redoFrom, captures);
            });
        }
        catch
        {
            foreach (IStateCapture capture in captures)
                capture.End(published: false);
            throw;
        }
    }

    private CheckpointInfo Publish(CheckpointDraft draft, SpaceReserve? reserve)
    {
        string path = CheckpointNames.Path(draft.Id, draft.Kind);
        string staged = CheckpointNames.StagingPath(draft.Id, draft.Kind);
#if MUTANTS
        if (Mutants.Is(Mutants.CheckpointInPlace) && _root.Current.Checkpoints.Count > 0)
        {
            draft = draft with { Id = _root.Current.Checkpoints[^1].Id };
            staged = path = CheckpointNames.Path(_root.Current.Checkpoints[^1]);
        }
#endif
        CheckpointInfo info;
        uint fileCrc;
        try
        {
            fileCrc = Write(staged, draft, reserve);
            info = Verify(staged, draft, fileCrc) with { Path = path };
#if MUTANTS
            if (Mutants.Is(Mutants.LogDeletedBeforeCheckpointRename))
                RetireLogBelow(draft.Position.Lsn);
#endif
            _host.Files.Rename(staged, path);
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
        List(new RootCheckpoint(draft.Id, draft.Kind, draft.Redo.Lsn, draft.Position.Lsn, fileCrc), draft.Request.Keep ?? Options.CheckpointsRetained);
        return info;
    }

    /// <summary>Takes checkpoints off the list, and with each the increments that build on it, and what led only to it: an earlier one whose log is gone. One at a time with those that are taken.</summary>
    /// <returns>Those that were removed.</returns>
    /// <exception cref="StoreException">CheckpointNotFound; CheckpointInvalid when what is left could not take their place. Nothing was removed then.</exception>
    public IReadOnlyList<RootCheckpoint> Remove(IReadOnlyCollection<long> ids)
    {
        IReadOnlyList<RootCheckpoint> listed = _root.Current.Checkpoints;
        foreach (long id in ids)
        {
            if (listed.All(checkpoint => checkpoint.Id != id))
                throw new StoreException(StoreError.CheckpointNotFound, $"There is no checkpoint {id}.");
        }

        IReadOnlyList<RootCheckpoint> kept = CheckpointChains.KeepUsable(CheckpointChains.Without(listed, ids), _root.Current.OldestNeededLsn);
        RequireWayBack(kept);
        UpdateRoot(record => record with { Checkpoints = kept });
        return listed.Except(kept).ToArray();
    }

    /// <summary>A checkpoint is left that can be loaded and whose log is kept, or all of the log is: as ROOT says, since retention goes by that, not because it happens to be there.</summary>
    private void RequireWayBack(IReadOnlyList<RootCheckpoint> kept)
    {
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            if (kept[i].RedoFrom >= _root.Current.OldestNeededLsn && CheckpointVerifier.IsWhole(_host.Files, _root.Current.StoreId, CheckpointChains.To(kept, i) ?? []))
                return;
        }

        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
        StartingPoint beginning = RecoveryPlan.Decide(_root.Current, catalog, RecoveryMode.Strict).StartingPoints[^1];
        if (beginning.Refusal is null && beginning.RedoFrom >= _root.Current.OldestNeededLsn)
            return;
        throw new StoreException(StoreError.CheckpointInvalid, "Without these checkpoints the state could not be rebuilt: those that are left are damaged, or their log was retired or may be at any time. Take another one first.");
    }

    /// <summary>Removes what neither slot of ROOT needs. A failure leaves it for the next time.</summary>
    public void Retire()
    {
        NameInBothSlots();
        RemoveUnlistedCheckpoints();
        // With the archive on, segments go where that takes its time: in the background.
        if (!Options.ArchiveLog)
            _retirement.Run();
    }

#if MUTANTS
    private void RetireLogBelow(Lsn neededFrom)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
        foreach (SegmentInfo segment in RetentionPolicy.ChooseRetired(catalog.Segments, neededFrom, _root.Current.ActiveSequence, Retention()))
            _allocator.Retire(segment, Math.Max(Options.SpareSegments, 1));
    }

    private LogRetention Retention()
    {
        StoreOptions options = Options;
        long since = options.LogRetainSeconds == 0 ? long.MinValue : _host.Clock.GetTimestamp100Ns() - (options.LogRetainSeconds * TimeSpan.TicksPerSecond);
        return new LogRetention(options.LogRetainBytes, options.LogRetainSegments, since);
    }

    private void DeleteCheckpointsToBeReplaced()
    {
        foreach (RootCheckpoint old in _root.Current.Checkpoints.SkipLast(Options.CheckpointsRetained - 1))
            _host.Files.TryDelete(CheckpointNames.Path(old));
    }
#endif

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

    private uint Write(string staged, CheckpointDraft draft, SpaceReserve? reserve)
    {
        _host.Files.TryDelete(staged);
        using IFile file = Create(staged, reserve);
        StoreOptions options = Options;
        CheckpointWatch watch = new(_pace, draft.Request, () => draft.Captures.Sum(static capture => capture.Done), draft.Captures.Sum(static capture => capture.Count), isVerifying: false);
        CheckpointWriter writer = new(file, options.Compress ? Compressors.CreateDefault(options.CompressionLevel) : null, watch.PieceDone);
        writer.Begin(new CheckpointHeader(_root.Current.StoreId, draft.Id, draft.Kind, _host.Clock.GetTimestamp100Ns()));
        for (int i = 0; i < draft.Captures.Count; i++)
            writer.WriteSection(_models.All[i].Id, _models.All[i].SnapshotVersion, draft.Position.Lsn, draft.Captures[i]);
        return writer.End(new CheckpointFooter
        {
            RedoFrom = draft.Redo.Lsn,
            Begin = draft.Position.Lsn,
            End = draft.Position.Lsn,
            Name = draft.Request.Name,
            Parent = draft.Parent is null ? null : new CheckpointParent(draft.Parent.Id, draft.Parent.FileCrc),
            Epoch = _root.Current.Epoch,
            Link = draft.Redo.Link,
        });
    }

    private IFile Create(string staged, SpaceReserve? reserve)
    {
        IFile file = _host.Files.Open(staged, FileIntent.CreateNew);
        return reserve is null ? file : new ScarceFile(file, reserve, "The checkpoint");
    }

    private CheckpointInfo Verify(string staged, CheckpointDraft draft, uint fileCrc)
    {
        using IFile file = _host.Files.Open(staged, FileIntent.Read);
        CheckpointReader reader = CheckpointReader.Open(file, _root.Current.StoreId, draft.Id);
        if (reader.FileCrc != fileCrc)
            throw CheckpointErrors.Invalid(staged, 0, "it does not read back as it was written");
        CheckpointWatch watch = new(_pace, draft.Request, done: null, reader.Footer.RawBytes, isVerifying: true);
        reader.ReadItems(static (_, _, _) => { }, watch.PieceDone);
        return CheckpointInfo.From(reader, staged);
    }

    private void List(RootCheckpoint checkpoint, int chains)
    {
        RootCheckpoint[] all = [.. _root.Current.Checkpoints, checkpoint];
        IReadOnlyList<RootCheckpoint> retained = CheckpointChains.KeepNewest(all, chains);
        // Where there is no room for more chains, these are all there will be.
        bool complete = CheckpointChains.Count(retained) >= chains || retained.Count < all.Length;
        Lsn neededFrom = complete ? CheckpointChains.OldestTip(retained).RedoFrom : _root.Current.OldestNeededLsn;
        long neededSequence = FindSegment(neededFrom);
        UpdateRoot(record => record with
        {
            Checkpoints = retained,
            NextCheckpointId = checkpoint.Id + 1,
            DurableFloor = Lsn.Later(record.DurableFloor, checkpoint.End),
            OldestNeededLsn = neededFrom,
            OldestNeededSequence = neededSequence,
        });
        _tip = checkpoint.Id;
    }

    private long FindSegment(Lsn lsn)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
        SegmentInfo? first = catalog.Segments.FirstOrDefault(segment => segment.Header is SegmentHeader header && header.NextFirstLsn > lsn);
        return first?.Sequence ?? _root.Current.ActiveSequence;
    }

    private void RemoveUnlistedCheckpoints()
    {
        HashSet<(long Id, int Kind)> listed = [.. _root.Current.Checkpoints.Select(checkpoint => (checkpoint.Id, checkpoint.Kind))];
        bool removed = false;
        foreach (FileEntry entry in _host.Files.List(CheckpointNames.Directory))
        {
            if (entry.Kind != FileEntryKind.File || !CheckpointNames.TryParse(entry.Name, out long id, out int kind) || listed.Contains((id, kind)))
                continue;
            _host.Files.Delete(CheckpointNames.Path(id, kind));
            removed = true;
        }

        if (removed)
            _host.Files.SyncDirectory(CheckpointNames.Directory);
    }
}
