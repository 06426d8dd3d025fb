namespace Persistence.Configuration;

/// <summary>Changes single values of a text that <see cref="TomlReader"/> reads, and leaves every other character as it is.</summary>
internal static class TomlEditor
{
    /// <summary>Gives a key a value: in its place, or behind the last key of its section, or in a section of its own at the end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="section">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, as it is written in TOML.</param>
    /// <exception cref="ConfigurationException">The text cannot be read.</exception>
    public static string Set(string text, string section, string key, string value)
    {
        TomlDocument document = TomlReader.Read(text);
        foreach (TomlEntry entry in document.Entries)
        {
            if (entry.Section == section && entry.Key == key)
                return text.Remove(entry.ValuePlace.Offset, entry.ValueLength).Insert(entry.ValuePlace.Offset, value);
        }

        string newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string line = $"{key} = {value}{newLine}";
        return FindLast(document, section) is int offset ? InsertBelow(text, offset, line, newLine) : Append(text, $"[{section}]{newLine}{line}", newLine);
    }

    /// <summary>Removes a key with its line, or with all lines of its value.</summary>
    /// <exception cref="ConfigurationException">The text cannot be read.</exception>
    public static string Remove(string text, string section, string key)
    {
        foreach (TomlEntry entry in TomlReader.Read(text).Entries)
        {
            if (entry.Section == section && entry.Key == key)
                return RemoveLines(text, (entry.KeyPlace.Offset, entry.End));
        }

        return text;
    }

    /// <summary>Removes every key, and the sections that are not wanted.</summary>
    /// <exception cref="ConfigurationException">The text cannot be read.</exception>
    public static string Clear(string text, Func<string, bool> isSectionKept)
    {
        TomlDocument document = TomlReader.Read(text);
        IEnumerable<(int Offset, int End)> ranges = document.Entries.Select(entry => (entry.KeyPlace.Offset, entry.End))
            .Concat(document.Tables.Where(table => !isSectionKept(table.Name)).Select(table => (table.Place.Offset, table.Place.Offset)));
        return ranges.OrderDescending().Aggregate(text, RemoveLines);
    }

    /// <summary>A place in the last line of a section.</summary>
    private static int? FindLast(TomlDocument document, string section)
    {
        foreach (TomlEntry entry in document.Entries.Reverse())
        {
            if (entry.Section == section)
                return entry.End;
        }

        foreach (TomlTable table in document.Tables)
        {
            if (table.Name == section)
                return table.Place.Offset;
        }

        return null;
    }

    private static string InsertBelow(string text, int offset, string line, string newLine)
    {
        int end = EndOfLine(text, offset);
        bool isLastLineOpen = end == text.Length && !text.EndsWith('\n');
        return isLastLineOpen ? text + newLine + line : text.Insert(end, line);
    }

    private static string Append(string text, string lines, string newLine)
    {
        string ended = text.Length == 0 || text.EndsWith('\n') ? text : text + newLine;
        return ended.Length == 0 ? lines : ended + newLine + lines;
    }

    private static string RemoveLines(string text, (int Offset, int End) range)
    {
        int start = range.Offset == 0 ? 0 : text.LastIndexOf('\n', range.Offset - 1) + 1;
        return text.Remove(start, EndOfLine(text, range.End) - start);
    }

    /// <summary>The index behind the line's end.</summary>
    private static int EndOfLine(string text, int offset)
    {
        int end = text.IndexOf('\n', offset);
        return end < 0 ? text.Length : end + 1;
    }
}
