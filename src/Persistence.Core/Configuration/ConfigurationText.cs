using System.Text;

namespace Persistence.Configuration;

/// <summary>What <c>persistence.toml</c> says.</summary>
internal static class ConfigurationText
{
    /// <summary>Its name, in the store's directory.</summary>
    public const string FileName = "persistence.toml";

    /// <summary>The most bytes it may have: nobody needs as many, and it is read again and again.</summary>
    public const int BytesMax = 64 << 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's bytes as text, with or without a byte order mark.</summary>
    /// <exception cref="ConfigurationException">They are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        int valid = CountValid(text);
        return valid == text.Length ? Utf8.GetString(text) : throw NotText(Utf8.GetString(text[..valid]));
    }

    public static ConfigurationException TooLarge(long bytes) =>
        new($"'{FileName}' has {bytes} bytes; it may have {BytesMax}.") { File = FileName };

    public static ConfigurationException WouldBeTooLarge(long bytes) =>
        new($"'{FileName}' would have {bytes} bytes with this change; it may have {BytesMax}.") { File = FileName };

    public static ConfigurationException NotAFile() =>
        new($"'{FileName}' is a directory; the configuration is a file of this name, or there is none.") { File = FileName };

    public static byte[] Encode(string text) => Utf8.GetBytes(text);

    /// <summary>The values the file gives.</summary>
    /// <param name="text">The file; null for none.</param>
    /// <exception cref="ConfigurationException">With line and column.</exception>
    public static IReadOnlyDictionary<ConfigurationKey, object> Read(string? text)
    {
        TomlDocument document = text is null ? TomlDocument.Empty : TomlReader.Read(text);
        foreach (TomlTable table in document.Tables)
            RequireKnown(table);
        Dictionary<ConfigurationKey, object> values = [];
        foreach (TomlEntry entry in document.Entries)
            values.Add(FindKey(entry), Accept(FindKey(entry), entry));
        return values;
    }

    private static void RequireKnown(TomlTable table)
    {
        if (ConfigurationKeys.Sections.Contains(table.Name))
            return;
        string nearest = NearestName.Find(table.Name, ConfigurationKeys.Sections);
        throw TomlErrors.At(table.Place, $"there is no section [{table.Name}]. Did you mean [{nearest}]?");
    }

    private static ConfigurationKey FindKey(TomlEntry entry) =>
        ConfigurationKeys.All.FirstOrDefault(key => key.Section == entry.Section && key.Name == entry.Key) ?? throw Unknown(entry);

    private static ConfigurationException Unknown(TomlEntry entry)
    {
        IEnumerable<ConfigurationKey> candidates = ConfigurationKeys.All.Where(key => key.Name == entry.Key);
        string nearest = NearestName.Find($"{entry.Section}.{entry.Key}", (candidates.Any() ? candidates : ConfigurationKeys.All).Select(key => key.FullName));
        string where = entry.Section.Length == 0 ? "stands in no section" : $"is no key of [{entry.Section}]";
        int dot = nearest.IndexOf('.', StringComparison.Ordinal);
        return TomlErrors.At(entry.KeyPlace, $"'{entry.Key}' {where}. Did you mean '{nearest[(dot + 1)..]}' in [{nearest[..dot]}]?");
    }

    private static object Accept(ConfigurationKey key, TomlEntry entry)
    {
        try
        {
            return key.Accept(entry.Value is TomlArray array ? array.Items : entry.Value);
        }
        catch (ConfigurationException e)
        {
            TomlPlace place = entry.Value is TomlArray list && e.Item is int index ? list.Places[index] : entry.ValuePlace;
            throw e.At(place.Line, place.Column);
        }
    }

    private static int CountValid(ReadOnlySpan<byte> text)
    {
        int valid = 0;
        while (valid < text.Length && Rune.DecodeFromUtf8(text[valid..], out _, out int length) == System.Buffers.OperationStatus.Done)
            valid += length;
        return valid;
    }

    private static ConfigurationException NotText(string before)
    {
        int line = before.Count(c => c == '\n') + 1;
        int column = before[(before.LastIndexOf('\n') + 1)..].EnumerateRunes().Count() + 1;
        return new ConfigurationException("the file is not UTF-8 text here.").At(line, column);
    }
}
