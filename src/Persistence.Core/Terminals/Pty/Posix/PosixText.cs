using System.Text;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>Text as the system has it: bytes, UTF-8 by agreement.</summary>
internal static class PosixText
{
    /// <summary>UTF-8 that refuses what it cannot say, rather than saying something else.</summary>
    public static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A path of the system's, or null: it is not UTF-8.</summary>
    public static string? TryDecode(ReadOnlySpan<byte> path)
    {
        try
        {
            return Encoding.GetString(path);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
