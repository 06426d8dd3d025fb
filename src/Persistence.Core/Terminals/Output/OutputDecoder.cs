using System.Buffers;
using System.Text;

namespace Persistence.Terminals;

/// <summary>
/// Makes text of output that comes in pieces, which may cut characters: UTF-8, as terminals take it. What is no UTF-8 becomes U+FFFD. For one thread.
/// </summary>
public sealed class OutputDecoder
{
    private const int CutBytesMax = 3;

    private byte[] _cut = [];

    /// <summary>How many bytes at the end of what it was given are the beginning of a character whose end has not come: they are in no text yet.</summary>
    public int CutBytes => _cut.Length;

    /// <summary>The text of the next piece, as far as its characters are whole.</summary>
    public string Decode(ReadOnlySpan<byte> bytes)
    {
        byte[]? joined = null;
        if (_cut.Length > 0)
        {
            joined = [.. _cut, .. bytes];
            bytes = joined;
        }

        int cut = CountCut(bytes);
        _cut = bytes[^cut..].ToArray();
        return Encoding.UTF8.GetString(bytes[..^cut]);
    }

    /// <summary>There will be no further piece: what is left is no character.</summary>
    public string Finish()
    {
        string left = Encoding.UTF8.GetString(_cut);
        _cut = [];
        return left;
    }

    private static int CountCut(ReadOnlySpan<byte> bytes)
    {
        for (int count = 1; count <= Math.Min(CutBytesMax, bytes.Length); count++)
        {
            if (Rune.DecodeFromUtf8(bytes[^count..], out _, out _) == OperationStatus.NeedMoreData)
                return count;
        }

        return 0;
    }
}
