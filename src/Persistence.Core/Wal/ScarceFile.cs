using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>
/// A new file on a full disk: it takes its space from the reserve, before it writes. Where that is not enough nothing is written any more, and syncing it, the last thing that is
/// done to it, says how much is missing.
/// </summary>
internal sealed class ScarceFile : IFile
{
    private readonly IFile _file;
    private readonly SpaceReserve _reserve;
    private readonly string _what;
    private long _takenBytes;
    private long _neededBytes;
    private long _availableBytes;

    /// <param name="file">The file, empty; it is disposed with this one.</param>
    /// <param name="reserve">What is given up for it.</param>
    /// <param name="what">What errors call it ("The checkpoint").</param>
    public ScarceFile(IFile file, SpaceReserve reserve, string what)
    {
        _file = file;
        _reserve = reserve;
        _what = what;
    }

    public string Path => _file.Path;

    private bool IsTooLarge => _neededBytes > _takenBytes;

    public long GetLength() => _file.GetLength();

    public int Read(Span<byte> buffer, long offset) => _file.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        Take(offset + data.Length);
        if (!IsTooLarge)
            _file.Write(data, offset);
    }

    public void SetLength(long length) => _file.SetLength(length);

    public void Allocate(long length) => Take(length);

    public void SyncData()
    {
        if (!IsTooLarge)
            _file.SyncData();
    }

    public void Sync()
    {
        if (IsTooLarge)
            throw Missing();
        _file.Sync();
    }

    public bool TryLock(FileLockKind kind) => _file.TryLock(kind);

    public void Dispose() => _file.Dispose();

    private void Take(long endBytes)
    {
        bool wasTooLarge = IsTooLarge;
        _neededBytes = Math.Max(_neededBytes, endBytes);
        while (!wasTooLarge && IsTooLarge && !TryTake() && _reserve.TryGive(_neededBytes - _takenBytes))
        {
        }

        if (!wasTooLarge && IsTooLarge)
            _availableBytes = Math.Min(_takenBytes + (_reserve.TryGetFreeBytesFor(Path) ?? 0), _neededBytes - 1);
    }

    private bool TryTake()
    {
        try
        {
            _file.Allocate(_neededBytes);
            _takenBytes = _neededBytes;
            return true;
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull)
        {
            return false;
        }
    }

    private StoreException Missing() => new(
        StoreError.DiskFull,
        string.Create(CultureInfo.InvariantCulture, $"{_what} needs {_neededBytes} bytes; {_availableBytes} were to be had, those held in reserve included: {_neededBytes - _availableBytes} bytes are missing. Nothing was changed. Free as much on the disk, or delete what is no longer wanted, and try again."))
    { File = Path };
}
