using System.Text;

namespace Persistence.Serialization;

/// <summary>Where a map's entry lies in the map's bytes.</summary>
/// <param name="KeyStart">Where its key begins.</param>
/// <param name="ValueStart">Where its value begins, and the key ends.</param>
/// <param name="End">Where its value ends.</param>
internal readonly record struct JsonEntry(int KeyStart, int ValueStart, int End)
{
    public static List<JsonEntry> ReadAll(ReadOnlySpan<byte> map)
    {
        MessagePackReader reader = new(map, MessagePackReader.LargestMaxDepth);
        int count = reader.ReadMapHeader();
        List<JsonEntry> entries = new(count);
        for (int i = 0; i < count; i++)
        {
            int start = reader.Position;
            reader.Skip();
            int middle = reader.Position;
            reader.Skip();
            entries.Add(new JsonEntry(start, middle, reader.Position));
        }

        return entries;
    }

    /// <summary>Whether all keys are strings that JSON can hold, each only once.</summary>
    public static bool HaveNames(List<JsonEntry> entries, ReadOnlySpan<byte> map)
    {
        HashSet<string> names = new(entries.Count, StringComparer.Ordinal);
        foreach (JsonEntry entry in entries)
        {
            if (!entry.IsNamed(map) || !names.Add(Encoding.UTF8.GetString(entry.NameUtf8(map))))
                return false;
        }

        return true;
    }

    /// <summary>A map without an order of its own is put into one: strings first, by their bytes, then the rest by theirs.</summary>
    public static void Sort(List<JsonEntry> entries, ReadOnlySpan<byte> map)
    {
        byte[] bytes = map.ToArray();
        entries.Sort((left, right) => Compare(left, right, bytes));
    }

    public ReadOnlySpan<byte> Key(ReadOnlySpan<byte> map) => map[KeyStart..ValueStart];

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> map) => map[ValueStart..End];

    /// <summary>The key, which is a string.</summary>
    public ReadOnlySpan<byte> NameUtf8(ReadOnlySpan<byte> map)
    {
        MessagePackReader reader = new(Key(map));
        return reader.ReadUtf8String();
    }

    private static int Compare(JsonEntry left, JsonEntry right, byte[] map)
    {
        bool isNamed = left.IsNamed(map);
        if (isNamed != right.IsNamed(map))
            return isNamed ? -1 : 1;
        return isNamed ? left.NameUtf8(map).SequenceCompareTo(right.NameUtf8(map)) : left.Key(map).SequenceCompareTo(right.Key(map));
    }

    private bool IsNamed(ReadOnlySpan<byte> map) => MessagePackCode.TypeOf(map[KeyStart]) == MessagePackType.String;
}
