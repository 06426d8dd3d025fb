using System.Globalization;
using System.Text;
using Persistence.Serialization;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// The values a worker writes: an id used once, a bar, and filler. What it says about a value to the controller is id, length and
/// checksum, computed from the very bytes: when writing from those written, when dumping from those read.
/// </summary>
internal static class ValueText
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    public static string Create(string id, Random random, int fillerMax) => CreateOfLength(id, random, id.Length + 1 + random.Next(fillerMax + 1));

    /// <summary>A value of exactly so many characters, unless its id alone is longer.</summary>
    public static string CreateOfLength(string id, Random random, int length)
    {
        StringBuilder text = new(id, Math.Max(length, id.Length + 1));
        text.Append('|');
        while (text.Length < length)
            text.Append(Letters[random.Next(Letters.Length)]);
        return text.ToString();
    }

    /// <summary>What is said about it. Text without a bar speaks for itself.</summary>
    public static string Describe(string text)
    {
        int bar = text.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0)
            return text;
        uint crc = Crc32C.Compute(Encoding.UTF8.GetBytes(text));
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, bar)}-{text.Length - bar - 1}-{crc:x8}");
    }

    public static byte[] Encode(string text)
    {
        GrowableBuffer buffer = new(1 << 20);
        new MessagePackWriter(buffer).WriteString(text);
        return buffer.WrittenSpan.ToArray();
    }

    public static string Decode(ReadOnlySpan<byte> value) => new MessagePackReader(value).ReadString();
}
