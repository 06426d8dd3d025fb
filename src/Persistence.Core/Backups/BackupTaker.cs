using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>Takes one backup of a store, whoever has it open: order and reasons in FORMAT.md. Writes nothing in the store.</summary>
internal sealed class BackupTaker
{
    private const int AttemptsMax = 16;

    private readonly StoreHost _host;
    private readonly BackupRequest _request;
    private readonly BackupWriter _writer;
    private readonly BackupChain? _parents;

    public BackupTaker(StoreHost host, IFileSystem destination, BackupRequest request)
    {
        _host = host;
        _request = request;
        _parents = request.Parents.Count == 0 ? null : BackupChain.Open(request.Parents);
        _writer = new BackupWriter(destination, request);
    }

    /// <summary>What the increment builds on; null for a full backup.</summary>
    private BackupManifest? Parent => _parents?.Newest;

    public BackupInfo Take()
    {
        StoreReader.RequireStore(_host.Files, RecoveryMode.Strict);
        _writer.RequireEmpty();
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                if (TryTake(isLast: attempt == AttemptsMax) is BackupManifest manifest)
                    return BackupInfo.Of(manifest);
                _writer.Clear();
            }
        }
        catch
        {
            _writer.Clear();
            throw;
        }
    }

    /// <summary>Null when the writer has gone on so far that a file of the state is no longer there.</summary>
    private BackupManifest? TryTake(bool isLast)
    {
        using HeldStore held = Hold();
        FileState files = new();
        StoreReader reader = new(_host with { Files = held }, new StateModels(PassiveState.ForAll().Append(files)), RecoveryMode.Strict, ToProgress(BackupPhase.Reading));
        RebuiltState rebuilt = reader.Read();
        SegmentRange range = ChooseLog(held, reader, rebuilt);
        _writer.Expect(range.Bytes + files.List().Sum(static file => file.Length));
        _writer.CreateDirectories();
        foreach (RootCheckpoint checkpoint in Parent is null ? rebuilt.Start.Chain : [])
            _writer.CopyWhole(held, CheckpointNames.Path(checkpoint));
        foreach (SegmentPiece piece in range.Pieces)
            _writer.Copy(held, piece);
        if (files.List().FirstOrDefault(file => !_writer.TryAddFile(files, file, _host.Files, Parent)) is StoredFile gone)
            return !isLast && HasMovedOn(held) ? null : throw FileDamaged(gone);
        _writer.AddConfiguration(_host.Files, Parent);
        return Finish(reader, rebuilt, range);
    }

    /// <summary>Holds the store with everything that its ROOT needs; what is missing although no writer went on is damage, for whoever reads it.</summary>
    private HeldStore Hold()
    {
        for (int attempt = 1; ; attempt++)
        {
            _request.Stop.ThrowIfCancellationRequested();
            HeldStore held = HeldStore.Hold(_host.Files);
            try
            {
                if (attempt == AttemptsMax || HasWhatItNeeds(held) || !HasMovedOn(held))
                    return held;
            }
            catch
            {
                held.Dispose();
                throw;
            }

            held.Dispose();
        }
    }

    private static bool HasWhatItNeeds(HeldStore held)
    {
        if (RootFile.Read(held).Trusted is not RootRecord root)
            return false;
        try
        {
            StartingPoint best = RecoveryPlan.Decide(root, SegmentCatalog.Read(held, root.StoreId), RecoveryMode.Strict).StartingPoints[0];
            HashSet<string> checkpoints = [.. held.List(CheckpointNames.Directory).Select(static entry => $"{CheckpointNames.Directory}/{entry.Name}")];
            return best.Refusal is null && best.Chain.All(checkpoint => checkpoints.Contains(CheckpointNames.Path(checkpoint)));
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private bool HasMovedOn(HeldStore held) => RootFile.Read(_host.Files).Believed?.Generation != RootFile.Read(held).Believed?.Generation;

    private SegmentRange ChooseLog(HeldStore held, StoreReader reader, RebuiltState rebuilt)
    {
        if (Parent is null && !_request.IncludeArchive)
            return SegmentRange.All(rebuilt.Start.Segments, rebuilt.End.Position);
        SegmentCatalog catalog = ArchiveCatalog.AddTo(reader.Catalog, held, reader.Root.StoreId);
        SegmentRange all = SegmentRange.All(RecoveryPlan.Decide(reader.Root, catalog, RecoveryMode.Strict).StartingPoints[^1].Segments, rebuilt.End.Position);
        return Parent is null ? all : all.Since(held, reader.Root.StoreId, Parent);
    }

    /// <summary>Verifies what was copied, and only then makes it a backup.</summary>
    private BackupManifest Finish(StoreReader reader, RebuiltState rebuilt, SegmentRange range)
    {
        BackupManifest manifest = new()
        {
            Id = _host.Random.NextGuid(),
            ParentId = Parent?.Id,
            Created = _host.Clock.GetTimestamp100Ns(),
            Position = rebuilt.End.Position,
            Root = ToRoot(reader, rebuilt, range),
            Files = _writer.Files,
            FirstLsn = Parent?.FirstLsn ?? range.Pieces[0].Segment.Header!.FirstFrameLsn,
        };
        manifest = manifest with { BytesTotal = manifest.BytesOwn + (Parent?.BytesTotal ?? 0) };
        _writer.SyncDirectories();
        BackupVerifier verifier = new(_host, BackupChain.Append(_parents, _writer.Directory, manifest), _request.Progress, _request.Stop);
        verifier.VerifyNewest();
        if (_request.IncludeArchive && Parent is null)
            verifier.VerifyLog(range);
        ManifestFile.Write(_writer.Directory, manifest);
        return manifest;
    }

    private RootRecord ToRoot(StoreReader reader, RebuiltState rebuilt, SegmentRange range) => reader.Root with
    {
        Generation = 1,
        Epoch = reader.Plan!.GreatestEpoch,
        ActiveSequence = rebuilt.Newest.Sequence,
        ActiveFirstLsn = rebuilt.Newest.Header!.FirstLsn,
        ActiveSalt = rebuilt.Newest.Header.Salt,
        OldestNeededSequence = Parent?.Root.OldestNeededSequence ?? rebuilt.Start.Segments[0].Sequence,
        OldestNeededLsn = Parent?.Root.OldestNeededLsn ?? rebuilt.Start.RedoFrom,
        DurableFloor = range.End.Lsn,
        Clean = true,
        Checkpoints = Parent?.Root.Checkpoints ?? rebuilt.Start.Chain,
        BootId = "",
        FreeLsn = reader.Plan.FreeLsn,
        UnknownEntries = [],
    };

    private Action<RecoveryProgress> ToProgress(BackupPhase phase) => made =>
    {
        _request.Stop.ThrowIfCancellationRequested();
        _request.Progress?.Invoke(new BackupProgress(phase, made.BytesDone, made.BytesTotal));
    };

    private static StoreException FileDamaged(StoredFile file)
    {
        string path = FileNames.Path(file.Name);
        return new StoreException(StoreError.ChecksumMismatch, $"'{path}' is not what was written to it, or is missing. A damaged store has no backup made of it.") { File = path };
    }
}
