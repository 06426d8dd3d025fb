namespace Persistence.Configuration;

/// <summary>Reads lists in brackets, over several lines too, with comments, and with a comma behind the last item or without.</summary>
internal static class TomlArrays
{
    public static TomlArray Read(ref TomlCursor cursor)
    {
        TomlPlace start = cursor.Place;
        List<object> items = [];
        List<TomlPlace> places = [];
        cursor.Skip();
        while (!IsAtEndOfList(ref cursor, start))
        {
            places.Add(cursor.Place);
            items.Add(ReadItem(ref cursor));
            if (!IsAtEndOfList(ref cursor, start))
                cursor.Take(',', "',' or ']' is missing after the list's item");
        }

        cursor.Skip();
        return new TomlArray(items, places);
    }

    /// <summary>Goes on to what comes next in the list.</summary>
    private static bool IsAtEndOfList(ref TomlCursor cursor, TomlPlace start)
    {
        cursor.SkipLines();
        return cursor.IsAtEnd ? throw TomlErrors.At(start, "the list has no end: ']' is missing.") : cursor.Current == ']';
    }

    private static object ReadItem(ref TomlCursor cursor) =>
        cursor.Current == '[' ? throw TomlErrors.NotSupported("lists in lists", cursor.Place) : TomlValues.Read(ref cursor);
}
