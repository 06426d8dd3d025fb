namespace Persistence.CrashKit.Protocol;

/// <summary>Cuts a stream of bytes into lines. What follows the last line end is no line: a kill may have torn it.</summary>
internal sealed class LineSplitter(Action<byte[]> handler)
{
    /// <summary>More than this without a line end is not gathered.</summary>
    public const int LineBytesMax = 1 << 20;

    private readonly List<byte> _partial = [];

    /// <summary>Takes the next bytes of the stream.</summary>
    /// <exception cref="ProtocolException">A line is longer than <see cref="LineBytesMax"/>.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is int end && end >= 0)
        {
            Complete(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }

        if (_partial.Count + bytes.Length > LineBytesMax)
            throw new ProtocolException($"A line of more than {LineBytesMax} bytes.");
        _partial.AddRange(bytes);
    }

    private void Complete(ReadOnlySpan<byte> rest)
    {
        if (_partial.Count == 0)
        {
            handler(rest.ToArray());
            return;
        }

        _partial.AddRange(rest);
        byte[] line = [.. _partial];
        _partial.Clear();
        handler(line);
    }
}
