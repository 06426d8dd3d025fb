using Persistence.Serialization;

namespace Persistence.State;

/// <summary>An application record's payload: [type name, value].</summary>
public static class ApplicationRecord
{
    private const byte Version = 1;

    /// <summary>Adds a record to a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="type">The application's name for what it is; not empty.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <exception cref="Diagnostics.StoreException">MalformedData when <paramref name="value"/> is not one MessagePack value, ValueNotSupported when <paramref name="type"/> is not valid text, RecordTooLarge.</exception>
    public static void AddTo(CommandBatch batch, string type, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentException.ThrowIfNullOrEmpty(type);
        RequireOneValue(value);
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

    private static void RequireOneValue(ReadOnlySpan<byte> value)
    {
        MessagePackReader reader = new(value, MessagePackReader.LargestMaxDepth - 1);
        reader.Skip();
        reader.ExpectEnd();
    }

    /// <summary>Takes a payload apart.</summary>
    /// <param name="payload">The payload of a record of type <see cref="RecordType.ApplicationRecord"/>.</param>
    /// <param name="value">One MessagePack value, inside the payload.</param>
    /// <returns>The type name.</returns>
    public static string Read(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> value)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        if (reader.ReadArrayHeader() < 2)
            throw new Diagnostics.MalformedDataException("An application record has fewer than two fields.", reader.Position);
        string type = reader.ReadString();
        value = reader.ReadRaw();
        return type;
    }
}
