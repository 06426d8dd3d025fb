using System.Globalization;
using System.Text.Json;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

/// <summary>Agreement with an independent implementation, through vectors that it made: see tests/interop/README.md.</summary>
public sealed class MessagePackInteropTests
{
    [Fact]
    public void What_the_other_implementation_wrote_is_read_and_written_the_same()
    {
        foreach (JsonElement vector in Vectors("theirs"))
        {
            string hex = vector.GetProperty("hex").GetString()!;
            GrowableBuffer buffer = new(1000);
            MessagePackReader reader = new(Convert.FromHexString(hex));
            Check(vector.GetProperty("kind").GetString()!, vector.GetProperty("value"), ref reader, new MessagePackWriter(buffer));
            Assert.Equal(hex, Convert.ToHexString(buffer.WrittenSpan));
        }
    }

    // The other implementation decoded these bytes when the vectors were made and got what was meant.
    [Fact]
    public void What_the_other_implementation_read_is_still_what_is_written()
    {
        foreach (JsonElement vector in Vectors("ours"))
        {
            string name = vector.GetProperty("name").GetString()!;
            string hex = vector.GetProperty("hex").GetString()!;
            GrowableBuffer buffer = new(1000);
            if (name.StartsWith("timestamp", StringComparison.Ordinal))
                new MessagePackWriter(buffer).WriteTimestamp(new MessagePackReader(Convert.FromHexString(hex)).ReadTimestamp());
            else
                ValueWriter.Write(buffer, name == "lazy" ? Lazy() : ValueReader.Read(Convert.FromHexString(hex)));
            Assert.Equal($"{name} {hex}", $"{name} {Convert.ToHexString(buffer.WrittenSpan)}");
        }
    }

    private static void Check(string kind, JsonElement value, ref MessagePackReader reader, MessagePackWriter writer)
    {
        switch (kind)
        {
            case "nil": reader.ReadNil(); writer.WriteNil(); break;
            case "bool": Assert.Equal(value.GetBoolean(), reader.ReadBoolean()); writer.WriteBoolean(value.GetBoolean()); break;
            case "int": CheckInteger(value.GetString()!, ref reader, writer); break;
            case "float64": CheckDouble(value.GetString()!, ref reader, writer); break;
            case "float32": CheckSingle(value.GetString()!, ref reader, writer); break;
            case "str": Assert.Equal(value.GetString(), reader.ReadString()); writer.WriteString(value.GetString()); break;
            case "bin": Assert.Equal(value.GetString(), Convert.ToHexString(reader.ReadBinary())); writer.WriteBinary(Convert.FromHexString(value.GetString()!)); break;
            case "str header": writer.WriteStringHeader(value.GetInt32()); return;
            case "bin header": writer.WriteBinaryHeader(value.GetInt32()); return;
            case "array header": writer.WriteArrayHeader(value.GetInt32()); return;
            case "map header": writer.WriteMapHeader(value.GetInt32()); return;
            case "array": CheckArray(value, ref reader, writer); break;
            case "map": CheckMap(value, ref reader, writer); break;
            case "ext": CheckExtension(value, ref reader, writer); break;
            case "timestamp": CheckTimestamp(value, ref reader, writer); break;
            default: Assert.Fail($"No check for vectors of kind {kind}."); break;
        }
        reader.ExpectEnd();
    }

    private static void CheckInteger(string text, ref MessagePackReader reader, MessagePackWriter writer)
    {
        if (text.StartsWith('-'))
        {
            long value = long.Parse(text, CultureInfo.InvariantCulture);
            Assert.Equal(value, reader.ReadInt64());
            writer.WriteInteger(value);
        }
        else
        {
            ulong value = ulong.Parse(text, CultureInfo.InvariantCulture);
            Assert.Equal(value, reader.ReadUInt64());
            writer.WriteInteger(value);
        }
    }

    private static void CheckDouble(string bits, ref MessagePackReader reader, MessagePackWriter writer)
    {
        double value = reader.ReadDouble();
        Assert.Equal(bits, BitConverter.DoubleToUInt64Bits(value).ToString("X16", CultureInfo.InvariantCulture));
        writer.WriteDouble(value);
    }

    private static void CheckSingle(string bits, ref MessagePackReader reader, MessagePackWriter writer)
    {
        float value = reader.ReadSingle();
        Assert.Equal(bits, BitConverter.SingleToUInt32Bits(value).ToString("X8", CultureInfo.InvariantCulture));
        writer.WriteSingle(value);
    }

    private static void CheckArray(JsonElement expected, ref MessagePackReader reader, MessagePackWriter writer)
    {
        Assert.Equal(expected.GetArrayLength(), reader.ReadArrayHeader());
        writer.WriteArrayHeader(expected.GetArrayLength());
        foreach (JsonElement item in expected.EnumerateArray())
            CheckItem(item, ref reader, writer);
    }

    private static void CheckMap(JsonElement expected, ref MessagePackReader reader, MessagePackWriter writer)
    {
        Assert.Equal(expected.GetArrayLength(), reader.ReadMapHeader());
        writer.WriteMapHeader(expected.GetArrayLength());
        foreach (JsonElement entry in expected.EnumerateArray())
        {
            CheckItem(entry[0], ref reader, writer);
            CheckItem(entry[1], ref reader, writer);
        }
    }

    private static void CheckItem(JsonElement item, ref MessagePackReader reader, MessagePackWriter writer)
    {
        switch (item.ValueKind)
        {
            case JsonValueKind.Null: reader.ReadNil(); writer.WriteNil(); break;
            case JsonValueKind.Number: Assert.Equal(item.GetInt64(), reader.ReadInt64()); writer.WriteInteger(item.GetInt64()); break;
            case JsonValueKind.String: Assert.Equal(item.GetString(), reader.ReadString()); writer.WriteString(item.GetString()); break;
            case JsonValueKind.Array: CheckArray(item, ref reader, writer); break;
            default: Assert.Equal(item.GetBoolean(), reader.ReadBoolean()); writer.WriteBoolean(item.GetBoolean()); break;
        }
    }

    private static void CheckExtension(JsonElement expected, ref MessagePackReader reader, MessagePackWriter writer)
    {
        ReadOnlySpan<byte> body = reader.ReadExtension(out sbyte type);
        Assert.Equal(expected[0].GetSByte(), type);
        Assert.Equal(expected[1].GetString(), Convert.ToHexString(body));
        writer.WriteExtension(type, body);
    }

    private static void CheckTimestamp(JsonElement expected, ref MessagePackReader reader, MessagePackWriter writer)
    {
        MessagePackTimestamp value = new(long.Parse(expected[0].GetString()!, CultureInfo.InvariantCulture), expected[1].GetUInt32());
        Assert.Equal(value, reader.ReadTimestamp());
        writer.WriteTimestamp(value);
    }

    private static IEnumerable<object> Lazy()
    {
        yield return 1;
        yield return 2;
        yield return 3;
    }

    private static JsonElement[] Vectors(string which)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Serialization", "messagepack.vectors.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty(which).EnumerateArray().Select(vector => vector.Clone())];
    }
}
