using System.Text;
using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>What can be a key.</summary>
internal static class KeyRules
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="WalCommandException">KeyInvalid.</exception>
    public static void Require(string key)
    {
        if (key.Length == 0)
            throw ErrorRecords.KeyInvalid("A key cannot be empty.");
        // No text takes more than three bytes per UTF-16 unit.
        if (key.Length <= KeyValueBatch.KeyBytesMax / 3 && key.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return;
        int bytes = CountBytes(key);
        if (bytes > KeyValueBatch.KeyBytesMax)
            throw ErrorRecords.KeyInvalid($"The key takes {bytes} bytes of UTF-8; at most {KeyValueBatch.KeyBytesMax} are possible.");
    }

    private static int CountBytes(string key)
    {
        try
        {
            return s_strict.GetByteCount(key);
        }
        catch (EncoderFallbackException)
        {
            throw ErrorRecords.KeyInvalid("The key is not valid text: it holds half a surrogate pair.");
        }
    }
}
