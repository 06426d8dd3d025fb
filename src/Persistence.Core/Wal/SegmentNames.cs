using System.Globalization;

namespace Persistence.Wal;

/// <summary>Names of the log's files.</summary>
internal static class SegmentNames
{
    public const string Directory = "wal";
    public const string SparePrefix = "spare-";

    /// <summary>The file that holds space in reserve.</summary>
    public const string Ballast = "ballast";

    private const string Suffix = ".wal";

    /// <summary>No store gets that far; a larger number in a name is nobody's segment, and must not push the numbering to its end.</summary>
    private const long SequenceMax = 1_000_000_000_000_000;

    public static string File(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence:D10}{Suffix}");

    public static string Path(long sequence) => $"{Directory}/{File(sequence)}";

    public static string SparePath(long number) => string.Create(CultureInfo.InvariantCulture, $"{Directory}/{SparePrefix}{number:D10}");

    /// <summary>The number in a spare's name; exactly the names <see cref="SparePath"/> makes are spares, which may be overwritten.</summary>
    public static bool TryParseSpare(string name, out long number)
    {
        number = 0;
        return name.StartsWith(SparePrefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(SparePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && $"{Directory}/{name}" == SparePath(number);
    }

    /// <summary>The sequence in a segment's name; exactly the names <see cref="File"/> makes are segments.</summary>
    public static bool TryParse(string name, out long sequence)
    {
        sequence = 0;
        return name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out sequence)
            && sequence is > 0 and <= SequenceMax
            && name == File(sequence);
    }
}
