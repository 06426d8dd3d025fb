using System.Text;

namespace PersistenceModule;

/// <summary>A file read line by line, as bytes: a line that is not valid text is told apart and does not keep the next ones from being read.</summary>
internal sealed class SourceFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileStream _file;
    private readonly MemoryStream _line = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a directory.</exception>
    public SourceFile(string path) => _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end, or null when it is not valid UTF-8.</param>
    /// <returns>False at the end of the file.</returns>
    public bool TryReadLine(out string? line)
    {
        _line.SetLength(0);
        bool isAny = false;
        while (_start < _end || TryFill())
        {
            isAny = true;
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            _line.Write(length < 0 ? rest : rest[..length]);
            _start += length < 0 ? rest.Length : length + 1;
            if (length >= 0)
                break;
        }

        line = isAny ? Decode() : null;
        return isAny;
    }

    public void Dispose() => _file.Dispose();

    private bool TryFill()
    {
        _start = 0;
        _end = _file.Read(_buffer);
        return _end > 0;
    }

    private string? Decode()
    {
        try
        {
            return s_strict.GetString(_line.GetBuffer(), 0, (int)_line.Length).TrimEnd('\r');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
