using System.Globalization;
using Persistence.Compression;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>What the name of an archived segment says; ARCHIVE-FORMAT.md §1.</summary>
internal readonly record struct ArchiveName(long Epoch, long Sequence, Lsn First, Lsn End, CodecId Codec)
{
    public const string Directory = "archive";

    private const int PartsOfName = 4;

    private static readonly string[] s_suffixes = ["none", "brotli", "zstd"];

    /// <summary>Bytes of the segment it holds.</summary>
    public long RawBytes => End - First;

    public string File => string.Create(CultureInfo.InvariantCulture, $"{Epoch:D10}-{Sequence:D10}-{First.Value:D16}-{End.Value:D16}.{s_suffixes[(int)Codec]}");

    public string Path => $"{Directory}/{File}";

    public string StagingPath => $"staging/{File}";

    public static ArchiveName Of(SegmentHeader header, Lsn end, CodecId codec) => new(header.Epoch, header.Sequence, header.FirstLsn, end, codec);

    /// <summary>Exactly the names that <see cref="File"/> makes are archived segments.</summary>
    public static bool TryParse(string name, out ArchiveName parsed)
    {
        parsed = default;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || Array.IndexOf(s_suffixes, name[(dot + 1)..]) is not (>= 0 and int codec))
            return false;
        string[] parts = name[..dot].Split('-');
        long[] numbers = new long[PartsOfName];
        if (parts.Length != PartsOfName)
            return false;
        for (int i = 0; i < PartsOfName; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return false;
        }

        parsed = new ArchiveName(numbers[0], numbers[1], new Lsn(numbers[2]), new Lsn(numbers[3]), (CodecId)codec);
        return parsed.Sequence > 0 && parsed.End >= parsed.First && parsed.File == name;
    }
}
