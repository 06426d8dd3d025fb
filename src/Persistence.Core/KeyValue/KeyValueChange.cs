using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>A write or delete as the log holds it, for reading history.</summary>
public readonly ref struct KeyValueChange
{
    /// <summary>The key.</summary>
    public string Key { get; private init; }

    /// <summary>Whether it is a delete.</summary>
    public bool IsDelete { get; private init; }

    /// <summary>The value written: one MessagePack value; empty for a delete.</summary>
    public ReadOnlySpan<byte> Value { get; private init; }

    /// <summary>Whether the key existed before.</summary>
    public bool HadPrevious { get; private init; }

    /// <summary>The previous value; empty when there was none, or when it was too large to repeat.</summary>
    public ReadOnlySpan<byte> Previous { get; private init; }

    /// <summary>When the previous value was too large to repeat: the record that holds it.</summary>
    public Lsn PreviousLsn { get; private init; }

    /// <summary>Whether a record type is a key-value change.</summary>
    public static bool Is(RecordType type) => type == KeyValueRecords.Write || type == KeyValueRecords.Delete;

    /// <summary>Whether a record type is a delete.</summary>
    public static bool IsRemoval(RecordType type) => type == KeyValueRecords.Delete;

    /// <summary>Takes a payload apart: a record's, or a command's, which does not say what was there before.</summary>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    /// <exception cref="StoreException">UnsupportedFormatVersion.</exception>
    public static KeyValueChange Read(RecordType type, byte version, ReadOnlySpan<byte> payload)
    {
        if (version != KeyValueRecords.Version)
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"Key-value records of version {version} are newer than this program.");
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        string key = reader.ReadString();
        bool isDelete = IsRemoval(type);
        ReadOnlySpan<byte> value = isDelete ? default : reader.ReadRaw();
        KeyValueChange change = new() { Key = key, IsDelete = isDelete, Value = value };
        if (reader.AtEnd || reader.TryReadNil())
            return change;
        if (reader.ReadArrayHeader() == 1)
            return new KeyValueChange { Key = key, IsDelete = isDelete, Value = value, HadPrevious = true, Previous = reader.ReadRaw() };
        return new KeyValueChange { Key = key, IsDelete = isDelete, Value = value, HadPrevious = true, PreviousLsn = new Lsn(reader.ReadInt64()) };
    }
}
