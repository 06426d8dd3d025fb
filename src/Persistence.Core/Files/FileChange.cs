using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Files;

/// <summary>A file's write or deletion as the log holds it, for reading history.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="IsDelete">Whether it is a deletion.</param>
/// <param name="Length">The size of what was written, in bytes; 0 for a deletion.</param>
/// <param name="HadPrevious">Whether there was a file of that name before.</param>
public sealed record FileChange(string Name, bool IsDelete, long Length, bool HadPrevious)
{
    /// <summary>Whether a record type is a change of a file.</summary>
    public static bool Is(RecordType type) => type == FileRecords.Write || type == FileRecords.Delete;

    /// <summary>Whether a record type is a deletion.</summary>
    public static bool IsRemoval(RecordType type) => type == FileRecords.Delete;

    /// <summary>Whether a record type is the note that changes have been carried out.</summary>
    public static bool IsCarriedOut(RecordType type) => type == FileRecords.CarriedOut;

    /// <summary>Takes a payload apart: a record's, or a command's, which does not say what was there before.</summary>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    /// <exception cref="StoreException">UnsupportedFormatVersion.</exception>
    public static FileChange Read(RecordType type, byte version, ReadOnlySpan<byte> payload)
    {
        if (!FileRecords.IsKnown(type, version))
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"Records of files of version {version} are newer than this program.");
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        string name = FileRecords.ReadName(ref reader);
        bool isDelete = IsRemoval(type);
        long length = isDelete ? 0 : FileRecords.ReadContent(ref reader).Length;
        return new FileChange(name, isDelete, length, !reader.AtEnd && reader.ReadBoolean());
    }
}
