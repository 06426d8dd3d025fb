using Persistence.Engine;
using Persistence.Files;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Repair;

/// <summary>Makes a new store of everything that can be read of a damaged one, which is only read.</summary>
internal sealed class SalvageRepair
{
    private readonly StoreHost _store;
    private readonly RepairRequest _request;
    private readonly StateModels _models;
    private readonly SalvageReader _reader;

    public SalvageRepair(StoreHost store, RepairRequest request)
    {
        _store = store;
        _request = request;
        _models = new StateModels(request.Models());
        _reader = new SalvageReader(store.Files, _models, request.Progress);
    }

    public RepairReport Run()
    {
        long started = _store.Clock.GetTimestamp();
        if (!_request.IsPlan)
            StoreFounder.RequireEmpty(RequireDestination().Files);
        try
        {
            _reader.Read();
            RootRecord? root = _request.IsPlan ? null : Found(RequireDestination());
            if (_request.IsPlan)
                LookForFiles();
            return Report(root) with { Time = _store.Clock.GetUtcNow(), Duration = _store.Clock.GetElapsedTime(started) };
        }
        finally
        {
            _models.Reset();
        }
    }

    private StoreHost RequireDestination() => _request.Destination ?? throw new ArgumentException("A salvage needs a directory for the new store.");

    private void Tell(RecoveryPhase phase, long records) => _request.Progress?.Invoke(new RecoveryProgress(phase, 0, 0, records));

    private RootRecord Found(StoreHost destination) => new StoreFounder(destination, _request.Options, _models, (items, _) => Tell(RecoveryPhase.Writing, items)).Found(_reader.Point, () => PlaceFiles(destination.Files));

    private void PlaceFiles(IFileSystem destination)
    {
        foreach (FileState state in _models.All.OfType<FileState>())
        {
            foreach (StoredFile file in state.List())
                Place(state, file, destination);
        }
    }

    private void Place(FileState state, StoredFile file, IFileSystem destination)
    {
        string path = FileNames.Path(file.Name);
        bool isThere;
        using (IFile target = destination.Open(path, FileIntent.CreateNew))
        {
            isThere = TryCopy(state, file, target, RecoveryPhase.Writing);
            target.Sync();
        }

        if (isThere)
            return;
        destination.Delete(path);
        LeaveOut(state, file);
    }

    private bool TryCopy(FileState state, StoredFile file, IFile target, RecoveryPhase phase)
    {
        try
        {
            return FileContentCopier.TryCopy(state, file, _store.Files, target, _ => Tell(phase, _reader.RecordsApplied));
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed && e.File != target.Path)
        {
            return false;
        }
    }

    /// <summary>The same without copying.</summary>
    private void LookForFiles()
    {
        foreach (FileState state in _models.All.OfType<FileState>())
        {
            foreach (StoredFile file in state.List().Where(file => !TryCopy(state, file, new DiscardingFile(), RecoveryPhase.Validating)))
                LeaveOut(state, file);
        }
    }

    private void LeaveOut(FileState state, StoredFile file)
    {
        string path = FileNames.Path(file.Name);
        state.Drop(file.Name);
        _reader.Damage.Add(new DamagedRange(path, 0, null, null, "it is not what was written to it, or is missing", IsNeeded: true));
        _reader.LeftOut.Add($"The file '{file.Name}', written at LSN {file.Lsn}.");
    }

    private RepairReport Report(RootRecord? root) => new()
    {
        StoreId = _reader.Root.StoreId,
        Mode = RepairMode.Salvage,
        Applied = root is not null,
        NewStoreId = root?.StoreId,
        CheckpointId = _reader.CheckpointId,
        EndLsn = _reader.Point.Position.Lsn,
        ItemsLoaded = _reader.ItemsLoaded,
        RecordsApplied = _reader.RecordsApplied,
        DamagedRanges = _reader.Damage.ToArray(),
        LeftOut = _reader.LeftOut.ToArray(),
        Findings = _reader.Findings.ToArray(),
        Actions = root is null
            ? (string[])[$"A new store would be made of the state at LSN {_reader.Point.Position.Lsn}; the damaged one would be left as it is."]
            : [$"Store {root.StoreId} was made of the state at LSN {_reader.Point.Position.Lsn}; the damaged one was left as it is."],
    };
}
