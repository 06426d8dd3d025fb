using System.Buffers;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>A sliding window over a file, read in large pieces. Its buffer, never much larger than the file, is lent by the pool until it is disposed.</summary>
internal sealed class ReadWindow : IDisposable
{
    /// <summary>For reading much of a file.</summary>
    public const int LargePieceBytes = 1 << 20;

    private readonly IFile _file;
    private readonly int _pieceBytes;
    private byte[] _buffer = [];
    private long _start;
    private int _count;

    /// <param name="file">The file; it stays open when the window is disposed.</param>
    /// <param name="pieceBytes">How much is read at once, unless more is asked for.</param>
    public ReadWindow(IFile file, int pieceBytes = LargePieceBytes)
    {
        _file = file;
        _pieceBytes = pieceBytes;
        FileBytes = file.GetLength();
    }

    public string Path => _file.Path;

    /// <summary>Length of the file when the window was opened.</summary>
    public long FileBytes { get; }

    /// <summary>The bytes at an offset; they stay valid until the next call for bytes outside the window.</summary>
    /// <returns>False when the file ends before them.</returns>
    public bool TryGet(long offset, int count, out ReadOnlySpan<byte> bytes)
    {
        if (!Holds(offset, count) && !Fill(offset, count))
        {
            bytes = default;
            return false;
        }

        bytes = _buffer.AsSpan((int)(offset - _start), count);
        return true;
    }

    /// <summary>Bytes that <see cref="TryGet"/> has returned just before, from a larger range or the same.</summary>
    public ReadOnlySpan<byte> Get(long offset, int count) =>
        TryGet(offset, count, out ReadOnlySpan<byte> bytes)
            ? bytes
            : throw new StorageException(StorageFault.Failed, "read", _file.Path, "it became shorter while it was read");

    /// <summary>Whatever is asked for next is read from the file again; bytes that were returned are not valid any more.</summary>
    public void Forget() => _count = 0;

    /// <summary>Gives the buffer back; bytes that were returned are not valid any more.</summary>
    public void Dispose()
    {
        _count = 0;
        Lend(0);
    }

    private void Lend(int bytes)
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = bytes == 0 ? [] : ArrayPool<byte>.Shared.Rent(bytes);
    }

    private bool Holds(long offset, int count) => offset >= _start && offset + count <= _start + _count;

    private bool Fill(long offset, int count)
    {
        if (offset < 0 || offset > FileBytes - count)
            return false;
        int capacity = (int)Math.Min(Math.Max(count, _pieceBytes), FileBytes - offset);
        if (_buffer.Length < capacity)
            Lend((int)Math.Min(Math.Max(capacity, _pieceBytes), FileBytes));
        _start = offset;
        _count = 0;
        _count = Read((int)Math.Min(Math.Max(count, _pieceBytes), FileBytes - offset), count);
        return _count >= count;
    }

    /// <summary>What is read ahead may be bytes that nobody needs and the device no longer gives.</summary>
    private int Read(int wanted, int needed)
    {
        try
        {
            return _file.Read(_buffer.AsSpan(0, wanted), _start);
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed && needed < wanted)
        {
            return _file.Read(_buffer.AsSpan(0, needed), _start);
        }
    }
}
