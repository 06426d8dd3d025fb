using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Wal;

/// <summary>
/// A new file on a full disk: it takes its space from the reserve, before it writes. Where that is not enough nothing is written any more, and syncing it, the last thing that is
/// done to it, says how much is missing.
/// </summary>
internal sealed class ScarceFile : ForwardingFile
{
    private readonly SpaceReserve _reserve;
    private readonly string _what;
    private long _takenBytes;
    private long _neededBytes;
    private long _availableBytes;

    /// <param name="file">The file, empty; it is disposed with this one.</param>
    /// <param name="reserve">What is given up for it.</param>
    /// <param name="what">What errors call it ("The checkpoint").</param>
    public ScarceFile(IFile file, SpaceReserve reserve, string what)
        : base(file)
    {
        _reserve = reserve;
        _what = what;
    }

    private bool IsTooLarge => _neededBytes > _takenBytes;

    public override void Write(ReadOnlySpan<byte> data, long offset)
    {
        Take(offset + data.Length);
        if (!IsTooLarge)
            Inner.Write(data, offset);
    }

    public override void Allocate(long length) => Take(length);

    public override void SyncData()
    {
        if (!IsTooLarge)
            Inner.SyncData();
    }

    public override void Sync()
    {
        if (IsTooLarge)
            throw Missing();
        Inner.Sync();
    }

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
            Inner.Allocate(_neededBytes);
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
