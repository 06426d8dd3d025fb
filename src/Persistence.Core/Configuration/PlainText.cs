using System.Text;

namespace Persistence.Configuration;

/// <summary>Text that can stand in a file, in one line.</summary>
internal static class PlainText
{
    /// <summary>Whether a text has no control characters, and no half of a surrogate pair, for which UTF-8 has no bytes.</summary>
    public static bool IsPlain(string text)
    {
        ReadOnlySpan<char> left = text;
        while (!left.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(left, out Rune character, out int length) != System.Buffers.OperationStatus.Done || Rune.IsControl(character))
                return false;
            left = left[length..];
        }

        return true;
    }
}
