using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// Turns what <see cref="ValueWriter"/> wrote back into .NET data. FORMAT.md has the mapping. No type named in the bytes is
/// ever loaded or created; the only code they choose is the format's own.
/// </summary>
/// <remarks>
/// Whatever the bytes are, the only exceptions are <see cref="MalformedDataException"/> and a <see cref="StoreException"/>
/// with <see cref="StoreError.UnsupportedFormatVersion"/> (and those of the functions in the options). What is allocated is
/// bounded by a constant times the bytes that are there, never by a length they claim.
/// </remarks>
public static class ValueReader
{
    /// <summary>Reads a value that is all of <paramref name="data"/>.</summary>
    /// <exception cref="MalformedDataException">The bytes are not a value of the format.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/>: a newer version wrote something this one does not know.</exception>
    public static object? Read(ReadOnlySpan<byte> data, ValueReaderOptions? options = null)
    {
        MessagePackReader reader = new(data);
        object? value = Read(ref reader, options);
        reader.ExpectEnd();
        return value;
    }

    /// <summary>Reads the next value, which may be followed by others.</summary>
    /// <exception cref="MalformedDataException">The bytes are not a value of the format.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/>: a newer version wrote something this one does not know.</exception>
    public static object? Read(ref MessagePackReader reader, ValueReaderOptions? options = null) =>
        new ValueDecoder(options ?? ValueReaderOptions.Default).Read(ref reader, default);
}
