using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Files;

/// <summary>What one transaction has done to files and not committed yet, and which it has read.</summary>
internal sealed class FileChanges(FileState state, ICommandSink sink, Snapshot snapshot) : ITransactionView
{
    private const int CopyBytes = 256 << 10;

    // The staged name of each change; null: a deletion.
    private readonly List<(string Name, string? Staged)> _changes = [];
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private int _synced;

    // How many had failed before the oldest name that is not durable yet was put there.
    private int _failedSyncs;

    public int ChangeCount => _changes.Count;

    public void Write(CommandBatch commands, string name, ReadOnlySpan<byte> content)
    {
        string staged = FileNames.Stage(sink.NewId());
        using (IFile file = Create(staged))
            WriteOrRemove(file, content);
        FileRecords.AddWrite(commands, name, staged, content.Length, Crc32C.Compute(content));
        _changes.Add((name, staged));
    }

    public void Write(ITransaction transaction, string name, Stream content)
    {
        string staged = FileNames.Stage(sink.NewId());
        long length = 0;
        uint crc = 0;
        using (IFile file = Create(staged))
        {
            try
            {
                byte[] buffer = new byte[CopyBytes];
                for (int read; (read = content.Read(buffer)) > 0; length += read)
                {
                    file.Write(buffer.AsSpan(0, read), length);
                    crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
                }

                // A stream may take its time, and may run code that ends the transaction.
                transaction.RequireActive();
            }
            catch
            {
                sink.Files.TryDelete(file.Path);
                throw;
            }
        }

        FileRecords.AddWrite(transaction.Commands, name, staged, length, crc);
        _changes.Add((name, staged));
    }

    public void Delete(CommandBatch commands, string name)
    {
        FileRecords.AddDelete(commands, name);
        _changes.Add((name, null));
    }

    public byte[]? Read(string name)
    {
        int own = _changes.FindLastIndex(change => change.Name == name);
        if (own >= 0)
            return _changes[own].Staged is string staged ? ReadStaged(staged) : null;
        _read.Add(name);
        byte[]? content = state.Read(name);
        return state.FindChanged((string[])[name], snapshot.Lsn) is null
            ? content
            : throw new TransactionConflictException($"The file '{name}' was changed by another commit after the transaction began.");
    }

    public void RollBackTo(int changeCount)
    {
        foreach ((_, string? staged) in _changes.Skip(changeCount))
        {
            if (staged is not null)
                sink.Files.TryDelete(FileNames.Path(staged));
        }

        _changes.RemoveRange(changeCount, _changes.Count - changeCount);
        _synced = Math.Min(_synced, changeCount);
    }

    /// <summary>Content and name are durable before the commit says so.</summary>
    public void Prepare()
    {
        if (_synced < _changes.Count)
            sink.RequireWritable();
        bool changed = false;
        for (; _synced < _changes.Count; _synced++)
        {
            if (_changes[_synced].Staged is not string staged)
                continue;
            using IFile file = sink.Files.Open(FileNames.Path(staged), FileIntent.ReadWrite);
#if MUTANTS
            if (!Mutants.Is(Mutants.FileContentNotSynced))
#endif
            file.Sync();
            changed = true;
        }

        if (changed)
            state.Syncs.Sync(sink.Files, FileNames.Directory, _failedSyncs);
    }

    public void End(bool isCommitted)
    {
        if (!isCommitted)
            RollBackTo(0);
        else if (_changes.Count > 0)
            sink.CarryOutEffects();
    }

    public string? FindConflict() =>
        state.FindChanged(_read, snapshot.Lsn) is string name ? $"the file '{name}', which it has read, was changed by another commit" : null;

    private IFile Create(string staged)
    {
        sink.RequireWritable();
        if (_changes.FindIndex(_synced, static change => change.Staged is not null) < 0)
            _failedSyncs = state.Syncs.Failed;
        return sink.Files.Open(FileNames.Path(staged), FileIntent.CreateNew);
    }

    private void WriteOrRemove(IFile file, ReadOnlySpan<byte> content)
    {
        try
        {
            file.Write(content, 0);
        }
        catch
        {
            sink.Files.TryDelete(file.Path);
            throw;
        }
    }

    private byte[] ReadStaged(string staged)
    {
        using IFile file = sink.Files.Open(FileNames.Path(staged), FileIntent.Read);
        long length = file.GetLength();
        if (length > Array.MaxLength)
            throw FileState.TooLarge(file.Path, length);
        byte[] content = new byte[length];
        file.Read(content, 0);
        return content;
    }
}
