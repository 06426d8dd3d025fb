using Persistence.Checkpoints;
using Persistence.Configuration;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// The writing half of opening: after <see cref="StoreReader"/> has decided and rebuilt, makes the outcome durable. A clean
/// store is continued where it ended; anything else gets a new epoch and a new segment (Wal/FORMAT.md §5.5). Can be cut
/// anywhere and run again.
/// </summary>
internal sealed class StoreOpener
{
    private readonly StoreHost _host;
    private readonly StorePlacement _placement;
    private readonly StoreOptions _options;
    private readonly StoreReader _reader;
    private readonly Quarantine _quarantine;
    private readonly List<string> _actions = [];

    public StoreOpener(StorePlacement placement, StoreOptions options, StoreReader reader)
    {
        StoreHost host = placement.Host;
        _placement = placement;
        _host = host;
        _options = options;
        _reader = reader;
        _quarantine = new Quarantine(host.Files, options.QuarantineFilesMax, options.QuarantineBytesMax);
    }

    /// <summary>What <see cref="Open"/> would do about a store as it was read, one sentence each. Reads names, writes nothing.</summary>
    public static IReadOnlyList<string> Plan(StoreHost host, StoreReader reader, RebuiltState rebuilt)
    {
        List<string> actions = [];
        if (reader.RootRebuilt)
            actions.Add("ROOT would be rebuilt.");
        if (LockOwner.IsSomethingElse(host.Files))
            actions.Add($"'{LockOwner.FileName}' is something else and would be moved to quarantine.");
        actions.AddRange(FindAbandonedCheckpoints(host, reader, rebuilt).Select(found => $"Checkpoint {found.Id} {found.Why} and would be moved to quarantine."));
        actions.AddRange(reader.Plan!.NeverUsed.Select(unused => $"'{unused.Path}' would be moved to quarantine."));
        if (reader.WasClean)
            return actions;
        if (NeedsRewrite(host, reader, rebuilt))
            actions.Add($"The used part of '{rebuilt.Newest.Path}' (up to LSN {rebuilt.End.Position.Lsn}) would be rewritten; the original would be kept in quarantine.");
        actions.AddRange(FindAbandonedContent(host, reader).Select(path => $"'{path}', which only abandoned commits refer to, would be kept in quarantine."));
        string branch = reader.Plan.Target is null ? "" : $", as a branch that leaves the history before at LSN {rebuilt.End.Position.Lsn}";
        actions.Add($"Epoch {reader.Plan.GreatestEpoch + 1} would begin in segment {reader.Plan.GreatestSequence + 1} at LSN {reader.Plan.FreeLsn}{branch}.");
        return actions;
    }

    public OpenedLog Open(RebuiltState rebuilt)
    {
        // Who put ROOT into its place, for one, may have been killed before its name was durable.
        StoreLayout.EnsureDirectories(_host.Files, _options.ArchiveLog);
        _placement.WriteIdentities();
        StoreLayout.RemoveStagingLeftovers(_host.Files);
        _quarantine.TryRotate();
        if (LockOwner.IsSomethingElse(_host.Files))
        {
            _quarantine.Move(LockOwner.FileName);
            _actions.Add($"'{LockOwner.FileName}' was something else and was moved to quarantine.");
        }

        RootFile root = OpenRoot();
        try
        {
            // Going back, the history there is may depend on what is newer until ROOT names the branch.
            if (!GoesBack)
                QuarantineCheckpoints(rebuilt);
            SpaceReserve space = new(_host.Files, _host.Scheduler, _host.Clock, _options.ReserveBallastBytes, _options.SegmentBytes);
            SegmentAllocator allocator = new(_host.Files, _host.Scheduler, _options.SegmentBytes, _reader.Catalog.Spares, space);
            return _reader.WasClean ? Continue(root, allocator, rebuilt) : Recover(root, allocator, rebuilt);
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>ROOT as it was at the target: without the checkpoints that are newer.</summary>
    public static RootRecord RootAt(StoreReader reader, RebuiltState rebuilt) =>
        reader.Plan!.Target is null ? reader.Root : reader.Root with { Checkpoints = StillUsable(reader.Root, rebuilt) };

    private bool GoesBack => _reader.Plan!.Target is not null;

    private RootFile OpenRoot()
    {
        if (!_reader.RootRebuilt)
            return RootFile.OpenForWriting(_host.Files, _host.Scheduler, _reader.RootReading);
        if (_reader.RootReading.Exists)
            _quarantine.Link(RootFile.Name, isWhole: false);
        RootFile.Create(_host.Files, _reader.Root);
        _actions.Add("ROOT was rebuilt.");
        return RootFile.OpenForWriting(_host.Files, _host.Scheduler, RootFile.Read(_host.Files));
    }

    /// <summary>After a clean close: the same segment, once ROOT says that the store is open.</summary>
    private OpenedLog Continue(RootFile root, SegmentAllocator allocator, RebuiltState rebuilt)
    {
        LogPosition position = rebuilt.End.Position;
        root.Update(record => DropUnusable(record, rebuilt) with { Clean = false, BootId = _host.Process.BootId, Directories = _placement.Directories });
        QuarantineNeverUsed();
        SegmentHeader header = rebuilt.Newest.Header!;
        bool isFromReserve = allocator.Space!.OwedBytes > 0 && header.SizeBytes < _options.SegmentBytes;
        if (isFromReserve)
            allocator.Space.NoteFull();
        SegmentWriter active = SegmentOpener.Continue(_host.Files, _host.Scheduler, header, position.Lsn - header.FirstLsn, isFromReserve);
        RecoveryReport report = _reader.Report(rebuilt, applied: true, _reader.Root.Epoch, _actions, _quarantine.Added);
        return new OpenedLog(root, allocator, active, position, report, rebuilt.Counts.Bytes);
    }

    private OpenedLog Recover(RootFile root, SegmentAllocator allocator, RebuiltState rebuilt)
    {
        // Before anything is renamed: should this recovery fail, the next one must know that the page cache may be ahead of the disk.
        root.Update(record => record with { Clean = false, BootId = _host.Process.BootId, Directories = _placement.Directories });
        QuarantineNeverUsed();
        ReservedSegment reserved = SecureTail(rebuilt, allocator);
        KeepAbandonedContent(reserved, allocator);
        SegmentHeader header = NewSegment(rebuilt, reserved.SizeBytes);
        SegmentWriter active = SegmentOpener.Begin(_host.Files, _host.Scheduler, allocator, reserved, header);
        try
        {
            root.Update(record => NameNewSegment(record, header, rebuilt));
            if (GoesBack)
                LeaveHistory(root, rebuilt);
        }
        catch
        {
            active.Dispose();
            throw;
        }

        int rotated = _quarantine.TryRotate();
        if (rotated > 0)
            _actions.Add($"{rotated} of the oldest files in quarantine made room.");
        string branch = GoesBack ? $", as a branch that leaves the history before at LSN {header.PreviousEnd}" : "";
        _actions.Add($"Epoch {header.Epoch} began in segment {header.Sequence} at LSN {header.FirstLsn}{branch}.");
        RecoveryReport report = _reader.Report(rebuilt, applied: true, header.Epoch, _actions, _quarantine.Added);
        RecoveryLog.TryAppend(_host.Files, report);
        return new OpenedLog(root, allocator, active, new LogPosition(header.FirstFrameLsn, header.PreviousLink), report, rebuilt.Counts.Bytes);
    }

    /// <summary>Both slots name the branch before anything is acknowledged in it; then nothing depends on the newer checkpoints any more (Wal/FORMAT.md §5.12).</summary>
    private void LeaveHistory(RootFile root, RebuiltState rebuilt)
    {
        root.Update(static record => record);
        QuarantineCheckpoints(rebuilt);
    }

    private void QuarantineNeverUsed()
    {
        foreach (SegmentInfo unused in _reader.Plan!.NeverUsed)
        {
            _quarantine.Move(unused.Path);
            _actions.Add($"'{unused.Path}' was moved to quarantine.");
        }
    }

    private RootRecord NameNewSegment(RootRecord record, SegmentHeader header, RebuiltState rebuilt) => DropUnusable(record, rebuilt) with
    {
        Clean = false,
        BootId = _host.Process.BootId,
        Epoch = header.Epoch,
        ActiveSequence = header.Sequence,
        ActiveFirstLsn = header.FirstLsn,
        ActiveSalt = header.Salt,
        DurableFloor = Lsn.Later(record.DurableFloor, header.PreviousEnd),
        FreeLsn = header.FirstLsn,
        Branches = GoesBack ? RootBranches.Add(record.Branches, new RootBranch(header.Epoch, header.PreviousEnd, header.FirstLsn)) : record.Branches,
    };

    /// <summary>Without a checkpoint left the log is needed from its beginning again, and with an older one from there.</summary>
    private static RootRecord DropUnusable(RootRecord record, RebuiltState rebuilt)
    {
        RootRecord usable = record with { Checkpoints = StillUsable(record, rebuilt) };
        return rebuilt.Start.Checkpoint is not null && rebuilt.Start.RedoFrom >= record.OldestNeededLsn
            ? usable
            : usable with { OldestNeededSequence = rebuilt.Start.Segments[0].Sequence, OldestNeededLsn = rebuilt.Start.RedoFrom };
    }

    /// <summary>
    /// Checkpoints newer than the one recovery started from could not be used: they are damaged, or the log ends before
    /// them. Listed any longer, one that turns up whole again would bring back a history that was left.
    /// </summary>
    private static RootCheckpoint[] StillUsable(RootRecord record, RebuiltState rebuilt) =>
        [.. record.Checkpoints.Where(checkpoint => checkpoint.Id <= (rebuilt.Start.Checkpoint?.Id ?? 0))];

    /// <summary>
    /// What was read is made durable where only the page cache may hold it; abandoned bytes are kept. The space for the new segment is taken
    /// first: a recovery that fails for want of it must not have filled the quarantine.
    /// </summary>
    /// <returns>The file of the new segment.</returns>
    private ReservedSegment SecureTail(RebuiltState rebuilt, SegmentAllocator allocator)
    {
        ReservedSegment reserved = allocator.ReserveForOpening();
        if (!NeedsRewrite(_host, _reader, rebuilt))
            return reserved;
        DurableTail tail = new(_host.Files, rebuilt.Newest, rebuilt.Start.RedoFrom, rebuilt.End.Position, isWhole: rebuilt.End.Kind is TailKind.EndOfLog or TailKind.Target)
        {
            KeepsRest = GoesBack,
        };
        try
        {
            RewriteTail(tail, allocator.Space!);
            _actions.Add(rebuilt.End.Kind == TailKind.Damage
                ? $"'{rebuilt.Newest.Path}' is damaged from LSN {rebuilt.End.Position.Lsn} on: what precedes it was rewritten, the original is in quarantine."
                : $"The used part of '{rebuilt.Newest.Path}' was rewritten, since only the page cache may have held its end; the original is in quarantine.");
            return reserved;
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull && tail.IsWhole && reserved.SizeBytes >= rebuilt.Newest.Header!.SizeBytes)
        {
            tail.RewriteInto(reserved);
            _actions.Add($"The used part of '{rebuilt.Newest.Path}' was rewritten, since only the page cache may have held its end; the disk being full, the original, of which nothing was left out, was not kept.");
            return allocator.ReserveForOpening();
        }
        catch
        {
            allocator.Return(reserved);
            throw;
        }
    }

    /// <summary>On a full disk the copy takes what is held in reserve.</summary>
    private void RewriteTail(DurableTail tail, SpaceReserve space)
    {
        try
        {
            tail.Rewrite(_quarantine);
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull)
        {
            if (!space.TryGive(long.MaxValue))
                throw;
            tail.Rewrite(_quarantine);
        }
    }

    /// <summary>
    /// What only commits refer to that are abandoned is evidence as they are. It gets a second name in quarantine while nothing is decided yet: from the new segment on
    /// nobody sees any more that commits were abandoned, and it is removed as a leftover.
    /// </summary>
    private void KeepAbandonedContent(ReservedSegment reserved, SegmentAllocator allocator)
    {
        try
        {
            foreach (string path in FindAbandonedContent(_host, _reader))
            {
                _quarantine.Link(path, isWhole: false);
                _actions.Add($"'{path}', which only abandoned commits refer to, is kept in quarantine.");
            }
        }
        catch
        {
            allocator.Return(reserved);
            throw;
        }
    }

    private static IEnumerable<string> FindAbandonedContent(StoreHost host, StoreReader reader) =>
        reader.Plan!.Target is not null || reader.Findings.Exists(static finding => finding.Kind is FindingKind.Damage or FindingKind.SequenceGap)
            ? reader.Models.Effects.SelectMany(effects => effects.FindLeftovers(host.Files))
            : [];

    /// <summary>A damaged segment gets a copy too: a second name of one file would be overwritten when the first is recycled.</summary>
    private static bool NeedsRewrite(StoreHost host, StoreReader reader, RebuiltState rebuilt)
    {
        bool readFromDisk = reader.Root.BootId.Length > 0 && host.Process.BootId.Length > 0 && reader.Root.BootId != host.Process.BootId;
#if MUTANTS
        readFromDisk |= Mutants.Is(Mutants.TailBelievedFromCache);
#endif
        bool proven = rebuilt.End.ProvenLsn >= rebuilt.End.Position.Lsn;
        return rebuilt.End.Kind == TailKind.Damage || (!readFromDisk && !proven);
    }

    private SegmentHeader NewSegment(RebuiltState rebuilt, long sizeBytes)
    {
        SegmentHeader previous = rebuilt.Newest.Header!;
        return new SegmentHeader
        {
            SectorBytes = _options.SectorBytes,
            StoreId = previous.StoreId,
            Sequence = _reader.Plan!.GreatestSequence + 1,
#if MUTANTS
            FirstLsn = Mutants.Is(Mutants.LsnReused) ? rebuilt.End.Position.Lsn : _reader.Plan.FreeLsn,
#else
            FirstLsn = _reader.Plan.FreeLsn,
#endif
            SizeBytes = sizeBytes,
            Epoch = _reader.Plan.GreatestEpoch + 1,
            Salt = _host.Random.NextSalt(),
            Created = _host.Clock.GetTimestamp100Ns(),
            PreviousSequence = previous.Sequence,
#if MUTANTS
            PreviousEnd = Mutants.Is(Mutants.TornTailNotFenced) && rebuilt.End.Kind == TailKind.TornTail ? previous.NextFirstLsn : rebuilt.End.Position.Lsn,
#else
            PreviousEnd = rebuilt.End.Position.Lsn,
#endif
            PreviousLink = rebuilt.End.Position.Link,
            BeginsBranch = GoesBack,
        };
    }

    /// <summary>Moves away what was never published and what recovery could not use, before anything may delete it as unlisted.</summary>
    private void QuarantineCheckpoints(RebuiltState rebuilt)
    {
        foreach ((long id, int kind, string why) in FindAbandonedCheckpoints(_host, _reader, rebuilt))
        {
            _quarantine.Move(CheckpointNames.Path(id, kind));
            _actions.Add($"Checkpoint {id} {why} and was moved to quarantine.");
        }
    }

    private static List<(long Id, int Kind, string Why)> FindAbandonedCheckpoints(StoreHost host, StoreReader reader, RebuiltState rebuilt)
    {
        HashSet<long> listed = [.. StillUsable(reader.Root, rebuilt).Select(checkpoint => checkpoint.Id)];
        HashSet<long> unusable = [.. reader.Root.Checkpoints.Select(checkpoint => checkpoint.Id).Where(id => !listed.Contains(id))];
        if (reader.RootReading.Other is RootRecord other)
            listed.UnionWith(other.Checkpoints.Select(checkpoint => checkpoint.Id).Where(id => !unusable.Contains(id)));
        List<(long Id, int Kind, string Why)> abandoned = [];
        foreach (FileEntry entry in host.Files.List(CheckpointNames.Directory))
        {
            if (entry.Kind == FileEntryKind.File && CheckpointNames.TryParse(entry.Name, out long id, out int kind) && !listed.Contains(id))
                abandoned.Add((id, kind, !unusable.Contains(id) ? "was never published" : reader.Plan!.Target is null ? "could not be used" : "is newer, or could not be used,"));
        }

        return abandoned;
    }
}
