using System.Globalization;
using System.Text;

namespace Persistence.Tests.Engine;

/// <summary>Bytes as lines of an offset and sixteen bytes; lines of zeros are left out. A format change is a visible diff.</summary>
internal static class HexDump
{
    private const int BytesPerLine = 16;

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"length {bytes.Length}\n");
        for (int offset = 0; offset < bytes.Length; offset += BytesPerLine)
        {
            ReadOnlySpan<byte> line = bytes.Slice(offset, Math.Min(BytesPerLine, bytes.Length - offset));
            if (line.IndexOfAnyExcept((byte)0) >= 0)
                text.Append(CultureInfo.InvariantCulture, $"{offset:x8}  {Convert.ToHexString(line)}\n");
        }

        return text.ToString();
    }

    public static byte[] Read(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        byte[] bytes = new byte[int.Parse(lines[0]["length ".Length..], CultureInfo.InvariantCulture)];
        foreach (string line in lines.Skip(1))
            Convert.FromHexString(line[10..].Trim()).CopyTo(bytes, int.Parse(line.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return bytes;
    }
}
