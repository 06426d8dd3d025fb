namespace Persistence.Configuration;

/// <summary>Goes through a text, one character after the other, and knows the place.</summary>
internal ref struct TomlCursor(string text)
{
    private readonly string _text = text;
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    public readonly TomlPlace Place => new(_offset, _line, _column);

    public readonly bool IsAtEnd => _offset == _text.Length;

    /// <summary>The character here; NUL at the end, which no text may hold.</summary>
    public readonly char Current => IsAtEnd ? '\0' : _text[_offset];

    public readonly bool IsAtEndOfLine => IsAtEnd || Current == '\n' || IsAt("\r\n");

    public readonly bool IsAt(string what) => string.CompareOrdinal(_text, _offset, what, 0, what.Length) == 0;

    /// <summary>Goes on by one character, which is not the end of a line.</summary>
    public void Skip()
    {
        // The second half of a pair belongs to the character before it.
        if (!char.IsLowSurrogate(_text[_offset++]))
            _column++;
    }

    public void SkipSpaces()
    {
        while (Current is ' ' or '\t')
            Skip();
    }

    public void Take(char wanted, string otherwise)
    {
        if (Current != wanted)
            throw TomlErrors.At(Place, $"{otherwise}.");
        Skip();
    }

    public ReadOnlySpan<char> TakeWhile(Func<char, bool> belongs)
    {
        int start = _offset;
        while (!IsAtEnd && belongs(Current))
            Skip();
        return _text.AsSpan(start, _offset - start);
    }

    /// <summary>What may stand behind something in its line: spaces and a comment.</summary>
    public void EndLine()
    {
        SkipRest();
        if (IsAtEnd)
            return;
        if (!IsAtEndOfLine)
            throw TomlErrors.At(Place, "the line should end here. Texts stand in quotes, comments behind '#'.");
        GoToNextLine();
    }

    /// <summary>What may stand between the parts of a list: spaces, comments and ends of lines.</summary>
    public void SkipLines()
    {
        SkipRest();
        while (IsAtEndOfLine && !IsAtEnd)
        {
            GoToNextLine();
            SkipRest();
        }
    }

    private void GoToNextLine()
    {
        _offset += Current == '\r' ? 2 : 1;
        _line++;
        _column = 1;
    }

    private void SkipRest()
    {
        SkipSpaces();
        if (Current == '#')
            SkipComment();
    }

    private void SkipComment()
    {
        while (!IsAtEndOfLine)
        {
            if (char.IsControl(Current) && Current != '\t')
                throw TomlErrors.At(Place, "a control character does not belong in a comment.");
            Skip();
        }
    }
}
