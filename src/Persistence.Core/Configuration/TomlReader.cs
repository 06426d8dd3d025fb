namespace Persistence.Configuration;

/// <summary>
/// Reads the part of TOML 1.0 that a configuration needs: comments, tables of one name, bare and quoted keys, strings of one line, decimal integers, booleans,
/// and lists of these.
/// Everything else is refused where it begins. Nothing of a value is ever repeated in an error.
/// </summary>
internal ref struct TomlReader
{
    private readonly List<TomlTable> _tables = [];
    private readonly List<TomlEntry> _entries = [];
    private readonly Dictionary<(string Section, string? Key), TomlPlace> _seen = [];
    private TomlCursor _cursor;
    private string _section = "";

    private TomlReader(string text) => _cursor = new TomlCursor(text);

    /// <exception cref="ConfigurationException">With line and column.</exception>
    public static TomlDocument Read(string text)
    {
        TomlReader reader = new(text);
        reader.ReadLines();
        return new TomlDocument(reader._tables, reader._entries);
    }

    private void ReadLines()
    {
        while (!_cursor.IsAtEnd)
        {
            _cursor.SkipSpaces();
            if (_cursor.Current == '[')
                ReadTable();
            else if (!_cursor.IsAtEndOfLine && _cursor.Current != '#')
                ReadEntry();
            _cursor.EndLine();
        }
    }

    private void ReadTable()
    {
        _cursor.Skip();
        if (_cursor.Current == '[')
            throw TomlErrors.NotSupported("arrays of tables", _cursor.Place);
        _cursor.SkipSpaces();
        TomlPlace place = _cursor.Place;
        string name = ReadName();
        _cursor.SkipSpaces();
        if (_cursor.Current == '.')
            throw TomlErrors.NotSupported("tables in tables", _cursor.Place);
        _cursor.Take(']', "']' is missing after the section's name");
        AddOnce(name, null, place, $"section [{name}]");
        _tables.Add(new TomlTable(name, place));
        _section = name;
    }

    private void ReadEntry()
    {
        TomlPlace place = _cursor.Place;
        string key = ReadName();
        _cursor.SkipSpaces();
        if (_cursor.Current == '.')
            throw TomlErrors.At(_cursor.Place, "dotted keys are not supported: write the key without its section, below the section's name in brackets.");
        _cursor.Take('=', "'=' is missing after the key");
        _cursor.SkipSpaces();
        AddOnce(_section, key, place, $"key '{key}'");
        TomlPlace start = _cursor.Place;
        object value = TomlValues.Read(ref _cursor);
        _entries.Add(new TomlEntry(_section, key, value, place, start, _cursor.Place.Offset - start.Offset));
    }

    private string ReadName()
    {
        if (_cursor.Current is '"' or '\'')
            return TomlStrings.Read(ref _cursor);
        TomlPlace place = _cursor.Place;
        ReadOnlySpan<char> name = _cursor.TakeWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return name.IsEmpty ? throw TomlErrors.At(place, "a name is missing: letters, digits, '_' and '-', or anything in quotes.") : name.ToString();
    }

    private readonly void AddOnce(string section, string? key, TomlPlace place, string what)
    {
        if (!_seen.TryAdd((section, key), place))
            throw TomlErrors.At(place, $"{what} is there already, in line {_seen[(section, key)].Line}.");
    }
}
