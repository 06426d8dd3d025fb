using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// Turns .NET data into MessagePack that says of itself what it is, so that <see cref="ValueReader"/> gives back the same
/// data with the same types. FORMAT.md has the mapping.
/// </summary>
public static class ValueWriter
{
    /// <summary>Levels of collections and objects, one inside the other. On disk, never lower it.</summary>
    public const int MaxDepth = 64;

    /// <summary>Appends a value to a buffer; nothing is appended when it throws.</summary>
    /// <param name="buffer">Where to; its limit is the limit of the value.</param>
    /// <param name="value">The value. It must not be changed meanwhile.</param>
    /// <param name="adapter">What turns objects of the host into data, or null.</param>
    /// <exception cref="ValueNotSupportedException">Something inside it is not data, contains itself, or lies too deep.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: it does not fit in the buffer's limit.</exception>
    /// <exception cref="InvalidOperationException">A collection was changed meanwhile.</exception>
    public static void Write(GrowableBuffer buffer, object? value, IValueAdapter? adapter = null)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        int start = buffer.Length;
        try
        {
            if (!ScalarWriter.TryWrite(new MessagePackWriter(buffer), value))
                new ValueEncoder(buffer, adapter).Write(value);
        }
        catch
        {
            buffer.Truncate(start);
            throw;
        }
    }
}
