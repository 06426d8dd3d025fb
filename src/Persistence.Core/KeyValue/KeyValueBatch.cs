using System.Text;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>Writes and deletes that are committed as one atomic step, in the order they were added. Reusable after a commit.</summary>
public sealed class KeyValueBatch
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int KeyBytesMax = 4096;

    internal CommandBatch Commands { get; } = new();

    /// <summary>How many writes and deletes.</summary>
    public int Count => Commands.Count;

    /// <summary>Adds a write.</summary>
    /// <param name="key">1 to 4,096 bytes of UTF-8.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <exception cref="ArgumentException">The key is empty, too long or not valid text.</exception>
    /// <exception cref="Diagnostics.StoreException">RecordTooLarge, MalformedData when <paramref name="value"/> is not one MessagePack value.</exception>
    public void Set(string key, ReadOnlySpan<byte> value) => AddWrite(Commands, key, value);

    /// <summary>Adds a delete; deleting a key that is not there is logged and changes nothing.</summary>
    public void Delete(string key) => AddDelete(Commands, key);

    /// <summary>Empties the batch for reuse.</summary>
    internal void Clear() => Commands.Clear();

    /// <summary>Adds a write to a batch of commands.</summary>
    internal static void AddWrite(CommandBatch commands, string key, ReadOnlySpan<byte> value)
    {
        RequireOneValue(value);
        Add(commands, key, value, KeyValueRecords.Write);
    }

    /// <summary>Adds a delete to a batch of commands.</summary>
    internal static void AddDelete(CommandBatch commands, string key) => Add(commands, key, default, KeyValueRecords.Delete);

    private static void Add(CommandBatch commands, string key, ReadOnlySpan<byte> value, RecordType type)
    {
        RequireKey(key);
        GrowableBuffer buffer = commands.Begin();
        try
        {
            new MessagePackWriter(buffer).WriteString(key);
            buffer.Write(value);
        }
        catch
        {
            commands.Cancel();
            throw;
        }

        commands.End(type, KeyValueRecords.Version);
    }

    /// <summary>A key's bytes.</summary>
    /// <exception cref="ArgumentException">The key is empty, too long or not valid text.</exception>
    internal static byte[] EncodeKey(string key)
    {
        RequireKey(key);
        return KeyValueRecords.StrictUtf8.GetBytes(key);
    }

    /// <summary>Whether a key of valid text has neither too few bytes nor too many.</summary>
    internal static bool IsRightLength(string key) =>
        key.Length is > 0 and <= KeyBytesMax && (key.Length <= KeyBytesMax / 3 || KeyValueRecords.StrictUtf8.GetByteCount(key) <= KeyBytesMax);

    private static void RequireKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        int bytes;
        try
        {
            bytes = KeyValueRecords.StrictUtf8.GetByteCount(key);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("The key is not valid text: it holds half a surrogate pair.", nameof(key), e);
        }

        if (bytes > KeyBytesMax)
            throw new ArgumentException($"The key takes {bytes} bytes of UTF-8; at most {KeyBytesMax} are possible.", nameof(key));
    }

    private static void RequireOneValue(ReadOnlySpan<byte> value)
    {
        MessagePackReader reader = new(value, MessagePackReader.LargestMaxDepth);
        reader.Skip();
        reader.ExpectEnd();
    }
}
