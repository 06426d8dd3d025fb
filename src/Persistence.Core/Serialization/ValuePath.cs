using System.Globalization;
using System.Text;

namespace Persistence.Serialization;

/// <summary>
/// Where a writer is inside a value: the collections it is in, to find one that contains itself, and the place in each, to
/// name it in an error. Names are shown as far as they are harmless; of other keys only the type is.
/// </summary>
internal sealed class ValuePath
{
    private const int NameLengthMax = 64;

    private readonly List<Level> _levels = [];

    public int Depth => _levels.Count;

    /// <summary>Whether the writer is inside that very object.</summary>
    public bool Contains(object container)
    {
        foreach (Level level in _levels)
        {
            if (ReferenceEquals(level.Original, container) || ReferenceEquals(level.Adapted, container))
                return true;
        }
        return false;
    }

    /// <summary>Goes into a collection, known by the object it was adapted from and by itself.</summary>
    public void Enter(object original, object adapted) => _levels.Add(new Level(original, adapted));

    public void Leave() => _levels.RemoveAt(_levels.Count - 1);

    /// <summary>The next value is at an index of the innermost collection.</summary>
    public void AtIndex(int index) => _levels[^1].Place = new Place(PlaceKind.Index, index, null);

    /// <summary>The next value is a key of the innermost map.</summary>
    public void AtKeyItself(int index) => _levels[^1].Place = new Place(PlaceKind.KeyItself, index, null);

    /// <summary>The next value belongs to a key of the innermost map, or is a property of that name.</summary>
    public void AtKey(object key) => _levels[^1].Place = new Place(PlaceKind.Key, 0, key);

    public override string ToString()
    {
        StringBuilder text = new(ValueNotSupportedException.RootPath);
        foreach (Level level in _levels)
            Append(text, level.Place);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Place place)
    {
        switch (place.Kind)
        {
            case PlaceKind.Index:
                text.Append(CultureInfo.InvariantCulture, $"[{place.Index}]");
                break;
            case PlaceKind.KeyItself:
                text.Append(CultureInfo.InvariantCulture, $".Keys[{place.Index}]");
                break;
            case PlaceKind.Key:
                AppendKey(text, place.Key!);
                break;
        }
    }

    private static void AppendKey(StringBuilder text, object key)
    {
        if (key is string name)
            AppendName(text.Append('.'), name);
        else if (key is int or long or short or byte or uint or ulong or ushort or sbyte)
            text.Append(CultureInfo.InvariantCulture, $"[{key}]");
        else
            text.Append(CultureInfo.InvariantCulture, $"[<{key.GetType()}>]");
    }

    private static void AppendName(StringBuilder text, string name)
    {
        if (IsPlain(name))
            text.Append(name);
        else
            AppendQuoted(text, name);
    }

    private static void AppendQuoted(StringBuilder text, string name)
    {
        text.Append('\'');
        foreach (char character in name.AsSpan(0, Math.Min(name.Length, NameLengthMax)))
        {
            if (character == '\'')
                text.Append('\'');
            text.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        }
        text.Append(name.Length > NameLengthMax ? "…'" : "'");
    }

    private static bool IsPlain(string name)
    {
        if (name.Length is 0 or > NameLengthMax || char.IsAsciiDigit(name[0]))
            return false;
        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
                return false;
        }
        return true;
    }

    private enum PlaceKind
    {
        None,
        Index,
        KeyItself,
        Key,
    }

    private readonly record struct Place(PlaceKind Kind, int Index, object? Key);

    private sealed class Level(object original, object adapted)
    {
        public object Original { get; } = original;

        public object Adapted { get; } = adapted;

        public Place Place { get; set; }
    }
}
