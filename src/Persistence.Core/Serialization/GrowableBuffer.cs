using System.Buffers;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// Bytes under construction: one array that doubles when it is full, up to a limit. <see cref="Reset()"/> keeps the array, so
/// a buffer that is reused stops allocating. One thread at a time. A span or memory taken from it is valid until the next
/// call that may grow it.
/// </summary>
public sealed class GrowableBuffer : IBufferWriter<byte>
{
    private const int DefaultCapacity = 256;

    private byte[] _bytes;
    private int _length;

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="maxLength">The most bytes it will ever hold.</param>
    /// <param name="initialCapacity">Bytes to allocate at once.</param>
    public GrowableBuffer(int maxLength, int initialCapacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLength, Array.MaxLength);
        ArgumentOutOfRangeException.ThrowIfNegative(initialCapacity);
        MaxLength = maxLength;
        _bytes = new byte[Math.Min(initialCapacity, maxLength)];
    }

    /// <summary>The most bytes it will ever hold.</summary>
    public int MaxLength { get; }

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>Bytes that fit before the next allocation.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, _length);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>One written byte.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is not below <see cref="Length"/>.</exception>
    public byte this[int index]
    {
        get => _bytes.AsSpan(0, _length)[index];
        set => _bytes.AsSpan(0, _length)[index] = value;
    }

    /// <summary>Written bytes, to be changed in place (a length known only afterwards).</summary>
    public Span<byte> GetSpanAt(int offset, int length) => _bytes.AsSpan(0, _length).Slice(offset, length);

    /// <summary>Forgets everything written; the array stays for reuse, its old bytes in it.</summary>
    public void Reset() => _length = 0;

    /// <summary>Forgets everything written, and the array too if it has grown beyond <paramref name="keptBytesMax"/>.</summary>
    public void Reset(int keptBytesMax)
    {
        _length = 0;
        if (_bytes.Length > keptBytesMax)
            _bytes = new byte[Math.Min(DefaultCapacity, MaxLength)];
    }

    /// <summary>Forgets everything written from <paramref name="length"/> on.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <summary>Appends one byte.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: the limit is reached; nothing was appended.</exception>
    public void Write(byte value) => Append(1)[0] = value;

    /// <summary>Appends bytes.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: they exceed the limit; nothing was appended.</exception>
    public void Write(ReadOnlySpan<byte> data) => data.CopyTo(Append(data.Length));

    /// <summary>Appends <paramref name="length"/> bytes of unspecified content and returns them to be filled.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: they exceed the limit; nothing was appended.</exception>
    public Span<byte> Append(int length)
    {
        Reserve(length);
        Span<byte> appended = _bytes.AsSpan(_length, length);
        _length += length;
        return appended;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: the size exceeds the limit.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: the size exceeds the limit.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    private void Reserve(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (size > _bytes.Length - _length)
            Grow(size);
    }

    private void Grow(int size)
    {
        long needed = (long)_length + size;
        if (needed > MaxLength)
            throw new StoreException(StoreError.RecordTooLarge, $"The data needs {needed} bytes or more; the limit is {MaxLength}.");
        long doubled = Math.Max(Math.Max(needed, 2L * _bytes.Length), DefaultCapacity);
        Array.Resize(ref _bytes, (int)Math.Min(doubled, MaxLength));
    }
}
