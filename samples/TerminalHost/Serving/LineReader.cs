using System.Buffers;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>Cuts a stream into lines. One that is too long is passed over to its end.</summary>
internal sealed class LineReader(Stream stream)
{
    private const int LineBytesMax = 4 << 20;
    private const byte LineFeed = (byte)'\n';

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _at;
    private int _end;

    /// <summary>The next line, without its end.</summary>
    /// <returns>Null at the end of the stream, or when the other side is gone; what had no line end is dropped.</returns>
    /// <exception cref="RequestException">The line was too long. The next call gives the one after it.</exception>
    public byte[]? Read()
    {
        _line.ResetWrittenCount();
        bool isTooLong = false;
        while (_at < _end || Fill())
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_at, _end - _at);
            int length = rest.IndexOf(LineFeed);
            ReadOnlySpan<byte> part = length < 0 ? rest : rest[..length];
            _at += part.Length + (length < 0 ? 0 : 1);
            isTooLong |= _line.WrittenCount + part.Length > LineBytesMax;
            if (!isTooLong)
                _line.Write(part);
            if (length >= 0)
                return isTooLong ? throw new RequestException($"A line is longer than {LineBytesMax} bytes.") : _line.WrittenSpan.ToArray();
        }

        return null;
    }

    private bool Fill()
    {
        try
        {
            _at = 0;
            _end = stream.Read(_buffer);
            return _end > 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
