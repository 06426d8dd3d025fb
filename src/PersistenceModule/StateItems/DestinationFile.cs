using System.Text;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace PersistenceModule;

/// <summary>
/// A file of lines that appears whole or not at all: written beside its place under another name, synced, and renamed. Readable by the owner only.
/// </summary>
internal sealed class DestinationFile : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly DiskFileSystem _directory;
    private readonly string _name;
    private readonly string _written = $".export-{Guid.NewGuid():N}.tmp";
    private readonly MemoryStream _buffer = new();
    private readonly IFile _file;
    private long _offset;
    private bool _isComplete;

    /// <exception cref="StoreException">There is no such directory, or it cannot be written to, or the name cannot be that of a file.</exception>
    public DestinationFile(string path)
    {
        _name = Path.GetFileName(path);
        if (_name.Length == 0 || _name.AsSpan().IndexOfAny(':', '\\') >= 0)
            throw new StoreException(StoreError.ConfigurationInvalid, "a file's name is not empty, and holds no colon and no backslash.");
        _directory = DiskFileSystem.Open(Path.GetDirectoryName(path)!);
        try
        {
            if (_directory.List("").Any(entry => entry.Name == _name && entry.Kind == FileEntryKind.Directory))
                throw new StorageException(StorageFault.WrongKind, "write", _name);
            _file = _directory.Open(_written, FileIntent.CreateNew);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    public void WriteLine(string line)
    {
        _buffer.Write(Encoding.UTF8.GetBytes(line));
        _buffer.WriteByte((byte)'\n');
        if (_buffer.Length >= BufferBytes)
            Flush();
    }

    /// <summary>Puts it into its place, over a file that is there. Durable on return.</summary>
    public void Complete()
    {
        Flush();
        _file.Sync();
        _file.Dispose();
        _directory.Rename(_written, _name);
        _isComplete = true;
        _directory.SyncDirectory("");
    }

    /// <summary>Nothing is left of one that was not completed.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (!_isComplete)
            TryDelete();
        _directory.Dispose();
    }

    private void Flush()
    {
        _file.Write(_buffer.GetBuffer().AsSpan(0, (int)_buffer.Length), _offset);
        _offset += _buffer.Length;
        _buffer.SetLength(0);
    }

    private void TryDelete()
    {
        try
        {
            _directory.Delete(_written);
        }
        catch (StoreException)
        {
            // It has no use, and does no harm.
        }
    }
}
