using System.Collections;
using System.Collections.Specialized;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace PersistenceModule;

/// <summary>Between PowerShell's values and the bytes that are stored. Thread-safe.</summary>
internal static class ValueCodec
{
    private const int KeptBytesMax = 1 << 20;

    private static readonly PowerShellValueAdapter s_adapter = new();

    /// <summary>Maps compare their keys as PowerShell's own do; a stored map that tells <c>a</c> from <c>A</c> stays one that does.</summary>
    private static readonly ValueReaderOptions s_options = new()
    {
        CreateMap = capacity => new Hashtable(capacity, StringComparer.OrdinalIgnoreCase),
        CreateOrderedMap = capacity => new OrderedDictionary(capacity, StringComparer.OrdinalIgnoreCase),
        CreateObject = PowerShellValueAdapter.CreateObject,
    };

    [ThreadStatic]
    private static GrowableBuffer? t_buffer;

    /// <summary>The value's bytes, valid until this thread encodes the next one.</summary>
    /// <exception cref="ValueNotSupportedException">Something in it is not data.</exception>
    public static ReadOnlySpan<byte> Encode(object? value)
    {
        GrowableBuffer buffer = t_buffer is { Capacity: <= KeptBytesMax } kept ? kept : new GrowableBuffer(RecordLimits.RecordBytesMax);
        buffer.Reset();
        t_buffer = buffer;
        try
        {
            ValueWriter.Write(buffer, value, s_adapter);
        }
        catch (InvalidOperationException e)
        {
            throw new StoreException(StoreError.ValueNotSupported, "The value was changed while it was being stored.", e);
        }

        return buffer.WrittenSpan;
    }

    /// <exception cref="Persistence.Diagnostics.MalformedDataException">The bytes are none of a value.</exception>
    public static object? Decode(ReadOnlySpan<byte> value) => ValueReader.Read(value, s_options);
}
