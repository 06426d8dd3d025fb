using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Loads a chain of checkpoints into the models, one file after the other, and sees to it that each builds on the one before.</summary>
internal sealed class ChainLoader
{
    private readonly IFileSystem _files;
    private readonly Guid _storeId;
    private readonly StateModels _models;
    private RootCheckpoint? _before;

    public ChainLoader(IFileSystem files, Guid storeId, StateModels models)
    {
        _files = files;
        _storeId = storeId;
        _models = models;
    }

    /// <summary>Items handed to the models.</summary>
    public long Items { get; private set; }

    /// <summary>Loads the next checkpoint of the chain.</summary>
    /// <param name="listed">What ROOT says of it.</param>
    /// <param name="isLast">Whether the log goes on from here.</param>
    /// <returns>The last frame below where replay of it starts.</returns>
    /// <exception cref="StoreException">CheckpointInvalid, UnsupportedFormatVersion, StoreMismatch, or a failure of the files.</exception>
    public FrameLink Load(RootCheckpoint listed, bool isLast)
    {
        string path = CheckpointNames.Path(listed);
        IFile file = _files.Open(path, FileIntent.Read);
        bool isKept = false;
        try
        {
            CheckpointReader reader = CheckpointReader.Open(file, _storeId, listed.Id);
            RequireListed(reader, listed, path);
            RequireParent(reader.Footer.Parent, path);
            foreach (CheckpointSection section in reader.Footer.Sections)
                RequireKnown(section, path, isLast);
            StoredItemFile items = new(file, reader.FooterOffset);
            reader.ReadItems((section, place, item) => Take(section, item, items, place));
            isKept = items.IsKept;
            if (isKept)
                _models.AddStored(items);
            _before = listed;
            return reader.Footer.Link;
        }
        finally
        {
            if (!isKept)
                file.Dispose();
        }
    }

    private static void RequireListed(CheckpointReader reader, RootCheckpoint listed, string path)
    {
        if (reader.FileCrc != listed.FileCrc || reader.Footer.RedoFrom != listed.RedoFrom || (reader.Header.Kind == RootCheckpoint.Increment) != listed.IsIncrement)
            throw CheckpointErrors.Invalid(path, 0, "it is not the checkpoint ROOT lists");
    }

    private void RequireParent(CheckpointParent? parent, string path)
    {
        CheckpointParent? before = _before is null ? null : new CheckpointParent(_before.Id, _before.FileCrc);
        if (parent != before)
            throw CheckpointErrors.Invalid(path, 0, $"it builds on checkpoint {parent?.Id}, and the one before it is {before?.Id}");
    }

    private void RequireKnown(CheckpointSection section, string path, bool isLast)
    {
        IStateModel model = _models.Find(section.Model) ?? throw Unsupported($"Checkpoint '{path}' holds state of model {(int)section.Model}, which is not registered.", path);
        if (section.Version > model.SnapshotVersion)
            throw Unsupported($"Checkpoint '{path}' holds {section.Model} items of version {section.Version}; this version reads up to {model.SnapshotVersion}.", path);
        // A state that an increment repeats whole takes the place of what came before.
        if (section.IsWhole)
            model.Reset();
        if (isLast)
            _models.NoteLoaded(section.Model, section.AppliedLsn);
    }

    private void Take(CheckpointSection section, ReadOnlySpan<byte> item, StoredItemFile items, StoredPlace place)
    {
        IStateModel model = _models.Find(section.Model)!;
        if (model.ReadsStored)
            model.ReadItem(item, section.Version, items, place);
        else
            model.ReadItem(item, section.Version);
        Items++;
    }

    private static StoreException Unsupported(string message, string path) => new(StoreError.UnsupportedFormatVersion, message) { File = path };
}
