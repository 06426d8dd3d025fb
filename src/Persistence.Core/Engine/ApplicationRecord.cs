using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Engine;

/// <summary>An application record's payload: [type name, value].</summary>
public static class ApplicationRecord
{
    private const byte Version = 1;

    /// <summary>Adds a record to a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="type">The application's name for what it is; not empty.</param>
    /// <param name="value">One MessagePack value.</param>
    public static void AddTo(CommandBatch batch, string type, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentException.ThrowIfNullOrEmpty(type);
        MessagePackWriter writer = new(batch.Begin());
        try
        {
            writer.WriteArrayHeader(2);
            writer.WriteString(type);
            writer.WriteRaw(value);
        }
        catch
        {
            batch.Cancel();
            throw;
        }

        batch.End(RecordType.ApplicationRecord, Version);
    }

    /// <summary>Takes a payload apart.</summary>
    /// <param name="payload">The payload of a record of type <see cref="RecordType.ApplicationRecord"/>.</param>
    /// <param name="value">One MessagePack value, inside the payload.</param>
    /// <returns>The type name.</returns>
    public static string Read(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> value)
    {
        MessagePackReader reader = new(payload);
        reader.ReadArrayHeader();
        string type = reader.ReadString();
        value = reader.ReadRaw();
        return type;
    }
}
