namespace Persistence.Terminals.Pty.Piped;

/// <summary>A queue of bytes that holds so many and no more. Not thread-safe.</summary>
internal sealed class ByteQueue(int bytesMax)
{
    private readonly byte[] _bytes = new byte[bytesMax];
    private int _first;

    /// <summary>Bytes in it.</summary>
    public int Count { get; private set; }

    /// <summary>Whether nothing more goes in.</summary>
    public bool IsFull => Count == _bytes.Length;

    /// <summary>Puts bytes in.</summary>
    /// <returns>How many there was room for.</returns>
    public int Write(ReadOnlySpan<byte> source)
    {
        int taken = Math.Min(source.Length, _bytes.Length - Count);
        int end = (_first + Count) % _bytes.Length;
        int beforeWrap = Math.Min(taken, _bytes.Length - end);
        source[..beforeWrap].CopyTo(_bytes.AsSpan(end));
        source[beforeWrap..taken].CopyTo(_bytes);
        Count += taken;
        return taken;
    }

    /// <summary>Takes bytes out.</summary>
    /// <returns>How many there were.</returns>
    public int Read(Span<byte> destination)
    {
        int given = Math.Min(destination.Length, Count);
        int beforeWrap = Math.Min(given, _bytes.Length - _first);
        _bytes.AsSpan(_first, beforeWrap).CopyTo(destination);
        _bytes.AsSpan(0, given - beforeWrap).CopyTo(destination[beforeWrap..]);
        _first = (_first + given) % _bytes.Length;
        Count -= given;
        return given;
    }
}
