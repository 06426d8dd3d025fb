using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Persistence.Serialization;

/// <summary>The values that hold no others, as JSON: which hint they need, and what stands beside it. JSON.md has the mapping.</summary>
internal static class JsonScalar
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF";
    private const string OffsetTimeFormat = TimeFormat + "zzz";
    private const string DateFormat = "yyyy-MM-dd";
    private const string ClockFormat = "HH:mm:ss.FFFFFFF";
    private const string HexPrefix = "0x";

    // Writing and reading decimal digits takes the square of their number; more are written as they are stored.
    private const int DecimalBytesMax = 400;
    private const int DigitsMax = 1000;

    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    /// <summary>The hint a value needs to come back as what it is, or null where plain JSON says it.</summary>
    public static string? HintOf(object value) => value switch
    {
        bool or int or double and (>= double.MinValue and <= double.MaxValue) => null,
        string text => IsWellFormed(text) ? null : JsonHint.Utf16,
        long number => number is >= int.MinValue and <= int.MaxValue ? "$Int64" : null,
        BigInteger number => IsPlain(number) ? null : "$BigInteger",
        byte[] => JsonHint.Bytes,
        DateTime { Kind: DateTimeKind.Local } => JsonHint.LocalDateTime,
        Uri { IsAbsoluteUri: false } => JsonHint.RelativeUri,
        _ => $"{JsonHint.Mark}{value.GetType().Name}",
    };

    /// <summary>Writes what stands beside the hint, or in its place.</summary>
    public static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text: json.WriteStringValue(IsWellFormed(text) ? text : ToUnits(text)); break;
            case byte[] bytes: json.WriteBase64StringValue(bytes); break;
            case sbyte or byte or short or ushort or int or uint or long or ulong: WriteNumber(json, Invariant(value)); break;
            case float number when float.IsFinite(number): WriteNumber(json, WithFraction(number.ToString("R", s_invariant))); break;
            case double number when double.IsFinite(number): WriteNumber(json, WithFraction(number.ToString("R", s_invariant))); break;
            case BigInteger number when IsPlain(number): WriteNumber(json, number.ToString(s_invariant)); break;
            case Uri uri: WriteText(json, uri.OriginalString); break;
            case char character when char.IsSurrogate(character): json.WriteNumberValue(character); break;
            default: json.WriteStringValue(Format(value)); break;
        }
    }

    /// <summary>Writes a string where nothing but a string may stand: one that JSON cannot hold has its hint with it.</summary>
    public static void WriteText(Utf8JsonWriter json, string text)
    {
        if (IsWellFormed(text))
        {
            json.WriteStringValue(text);
            return;
        }

        json.WriteStartObject();
        json.WriteString(JsonHint.Utf16, ToUnits(text));
        json.WriteEndObject();
    }

    /// <summary>Reads a string where nothing but a string may stand.</summary>
    /// <exception cref="FormatException">It is none; the message ends a sentence about it.</exception>
    public static string ReadText(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object ? FromUnits(Text(json.GetProperty(JsonHint.Utf16))) : Text(json);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("is not a string");
        }
    }

    /// <summary>Whether JSON can hold it as a string: it has no half of a surrogate pair.</summary>
    public static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    /// <summary>Reads what stands beside a hint of a scalar.</summary>
    /// <returns>The value, or null when there is no such hint.</returns>
    /// <exception cref="FormatException">It is not what the hint says; the message ends a sentence about it.</exception>
    public static object? TryRead(string hint, JsonElement json)
    {
        try
        {
            return Read(hint, json);
        }
        catch (OverflowException)
        {
            throw Not(hint);
        }
        catch (FormatException)
        {
            throw Not(hint);
        }
        catch (InvalidOperationException)
        {
            // Another kind of JSON than the hint takes.
            throw Not(hint);
        }
    }

    /// <summary>Reads a number that has no hint: without a fraction and an exponent it is an integer of the least of three types that holds it.</summary>
    /// <exception cref="FormatException">It is too large.</exception>
    public static object ReadNumber(JsonElement json)
    {
        string text = json.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
            return ReadDouble(json);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, s_invariant, out int number))
            return number;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, s_invariant, out long large))
            return large;
        return ParseBigInteger(text);
    }

    private static object? Read(string hint, JsonElement json) => hint switch
    {
        "$SByte" => json.GetSByte(),
        "$Byte" => json.GetByte(),
        "$Int16" => json.GetInt16(),
        "$UInt16" => json.GetUInt16(),
        "$Int32" => json.GetInt32(),
        "$UInt32" => json.GetUInt32(),
        "$Int64" => json.GetInt64(),
        "$UInt64" => json.GetUInt64(),
        "$Single" => ReadSingle(json),
        "$Double" => json.ValueKind == JsonValueKind.Number ? ReadDouble(json) : ParseDouble(Text(json)),
        "$Decimal" => decimal.Parse(json.ValueKind == JsonValueKind.Number ? json.GetRawText() : Text(json), NumberStyles.Float, s_invariant),
        "$BigInteger" => ParseBigInteger(json.ValueKind == JsonValueKind.Number ? json.GetRawText() : Text(json)),
        "$Boolean" => json.GetBoolean(),
        "$String" => Text(json),
        "$Char" => ReadChar(json),
        JsonHint.Utf16 => FromUnits(Text(json)),
        JsonHint.Bytes => json.GetBytesFromBase64(),
        "$Guid" => Guid.ParseExact(Text(json), "D"),
        "$DateTime" => ParseTime(Text(json)),
        JsonHint.LocalDateTime => DateTime.SpecifyKind(DateTime.ParseExact(Text(json), TimeFormat, s_invariant), DateTimeKind.Local),
        "$DateTimeOffset" => DateTimeOffset.ParseExact(Text(json), OffsetTimeFormat, s_invariant),
        "$TimeSpan" => TimeSpan.ParseExact(Text(json), "c", s_invariant),
        "$DateOnly" => DateOnly.ParseExact(Text(json), DateFormat, s_invariant),
        "$TimeOnly" => TimeOnly.ParseExact(Text(json), ClockFormat, s_invariant),
        "$Version" => ParseVersion(Text(json)),
        "$Uri" => ScalarReader.TryCreateUri(ReadText(json), isAbsolute: true) ?? throw Not(hint),
        JsonHint.RelativeUri => ScalarReader.TryCreateUri(ReadText(json), isAbsolute: false) ?? throw Not(hint),
        _ => null,
    };

    private static string Format(object value) => value switch
    {
        float number => FormatSpecial(number, Bits(number) == Bits(float.NaN), $"{Bits(number):X8}"),
        double number => FormatSpecial(number, Bits(number) == Bits(double.NaN), $"{Bits(number):X16}"),
        decimal number => FormatDecimal(number),
        BigInteger number => number.GetByteCount() <= DecimalBytesMax ? number.ToString(s_invariant) : HexPrefix + Convert.ToHexString(number.ToByteArray(isBigEndian: true)),
        char character => character.ToString(),
        Guid guid => guid.ToString("D"),
        DateTime time => time.ToString(TimeFormat, s_invariant) + (time.Kind == DateTimeKind.Utc ? "Z" : ""),
        DateTimeOffset time => time.ToString(OffsetTimeFormat, s_invariant),
        TimeSpan span => span.ToString("c", s_invariant),
        DateOnly date => date.ToString(DateFormat, s_invariant),
        TimeOnly time => time.ToString(ClockFormat, s_invariant),
        Version version => version.ToString(),
        _ => throw new ArgumentException("It is no scalar of the format.", nameof(value)),
    };

    private static uint Bits(float number) => BitConverter.SingleToUInt32Bits(number);

    private static ulong Bits(double number) => BitConverter.DoubleToUInt64Bits(number);

    private static string Invariant(object number) => ((IFormattable)number).ToString(null, s_invariant);

    private static void WriteNumber(Utf8JsonWriter json, string text) => json.WriteRawValue(text, skipInputValidation: true);

    /// <summary>So that it is not taken for an integer.</summary>
    private static string WithFraction(string number) => number.AsSpan().IndexOfAny('.', 'E') < 0 ? number + ".0" : number;

    /// <summary>What JSON has no number for; a NaN that is not the usual one as its bits.</summary>
    private static string FormatSpecial(double number, bool isUsualNaN, string bits)
    {
        if (double.IsNaN(number))
            return isUsualNaN ? "NaN" : HexPrefix + bits;
        return number > 0 ? "Infinity" : "-Infinity";
    }

    private static bool IsPlain(BigInteger number) => (number < long.MinValue || number > long.MaxValue) && number.GetByteCount() <= DecimalBytesMax;

    /// <summary>Digits as they are, trailing zeros included; a zero that is negative keeps its sign.</summary>
    private static string FormatDecimal(decimal number)
    {
        string text = number.ToString(s_invariant);
        return number == 0 && decimal.IsNegative(number) && text[0] != '-' ? "-" + text : text;
    }

    private static double ReadDouble(JsonElement json)
    {
        double number = double.Parse(json.GetRawText(), NumberStyles.Float, s_invariant);
        return double.IsFinite(number) ? number : throw new FormatException("is too large for a Double");
    }

    private static float ReadSingle(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            float number = float.Parse(json.GetRawText(), NumberStyles.Float, s_invariant);
            return float.IsFinite(number) ? number : throw new OverflowException();
        }

        string text = Text(json);
        return text.StartsWith(HexPrefix, StringComparison.Ordinal)
            ? BitConverter.UInt32BitsToSingle(uint.Parse(text.AsSpan(HexPrefix.Length), NumberStyles.AllowHexSpecifier, s_invariant))
            : text == "NaN" ? float.NaN : (float)ParseSpecial(text);
    }

    private static double ParseDouble(string text) => text.StartsWith(HexPrefix, StringComparison.Ordinal)
        ? BitConverter.UInt64BitsToDouble(ulong.Parse(text.AsSpan(HexPrefix.Length), NumberStyles.AllowHexSpecifier, s_invariant))
        : ParseSpecial(text);

    private static double ParseSpecial(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => throw new FormatException(),
    };

    private static BigInteger ParseBigInteger(string text)
    {
        if (text.StartsWith(HexPrefix, StringComparison.Ordinal))
            return new BigInteger(Convert.FromHexString(text.AsSpan(HexPrefix.Length)), isBigEndian: true);
        return text.Length <= DigitsMax
            ? BigInteger.Parse(text, NumberStyles.AllowLeadingSign, s_invariant)
            : throw new FormatException($"has more than {DigitsMax} digits; write it as $BigInteger with 0x and its bytes");
    }

    private static char ReadChar(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
            return (char)json.GetUInt16();
        string text = Text(json);
        return text.Length == 1 ? text[0] : throw new FormatException();
    }

    private static DateTime ParseTime(string text) => text.EndsWith('Z')
        ? DateTime.SpecifyKind(DateTime.ParseExact(text.AsSpan(0, text.Length - 1), TimeFormat, s_invariant), DateTimeKind.Utc)
        : DateTime.ParseExact(text, TimeFormat, s_invariant);

    private static Version ParseVersion(string text) => Version.TryParse(text, out Version? version) ? version : throw new FormatException();

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException();

    private static string ToUnits(string text)
    {
        Span<byte> units = new byte[text.Length * sizeof(char)];
        for (int i = 0; i < text.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(units[(i * sizeof(char))..], text[i]);
        return Convert.ToHexString(units);
    }

    private static string FromUnits(string hex)
    {
        byte[] units = Convert.FromHexString(hex);
        if (units.Length % sizeof(char) != 0)
            throw new FormatException();
        char[] text = new char[units.Length / sizeof(char)];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)BinaryPrimitives.ReadUInt16BigEndian(units.AsSpan(i * sizeof(char)));
        return new string(text);
    }

    private static FormatException Not(string hint) => new($"is not what the hint {hint} says");
}
