using Persistence.State;

namespace Persistence.Files;

/// <summary>A file the store keeps. Immutable.</summary>
public sealed class StoredFile
{
    internal StoredFile(string name, long length, uint crc, Lsn lsn, long timestamp)
    {
        Name = name;
        Length = length;
        Crc = crc;
        Lsn = lsn;
        Timestamp100Ns = timestamp;
    }

    /// <summary>Its name, in the store's directory <c>files</c>.</summary>
    public string Name { get; }

    /// <summary>Its size in bytes.</summary>
    public long Length { get; }

    /// <summary>The record that wrote it.</summary>
    public Lsn Lsn { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Timestamp => Timestamps.ToInstant(Timestamp100Ns);

    /// <summary>CRC-32C of its content.</summary>
    internal uint Crc { get; }

    internal long Timestamp100Ns { get; }
}
