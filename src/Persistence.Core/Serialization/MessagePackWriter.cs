using System.Buffers.Binary;
using System.Text;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// Writes MessagePack to a <see cref="GrowableBuffer"/>. It checks neither that arrays and maps get as many values as their
/// headers say nor that one value was written: that is the caller's part.
/// </summary>
/// <remarks>
/// Every method throws a <see cref="StoreException"/> with <see cref="StoreError.RecordTooLarge"/> when the buffer's limit is
/// reached; a header may have been written by then, so the caller forgets the value as a whole
/// (<see cref="GrowableBuffer.Truncate"/>).
/// </remarks>
public readonly ref struct MessagePackWriter
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const int ExtensionHeaderBytes = 6;

    /// <summary>Creates a writer that appends to <paramref name="buffer"/>.</summary>
    public MessagePackWriter(GrowableBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        Buffer = buffer;
    }

    /// <summary>Where the bytes go.</summary>
    public GrowableBuffer Buffer { get; }

    /// <summary>Writes nil.</summary>
    public void WriteNil() => Buffer.Write(MessagePackCode.Nil);

    /// <summary>Writes true or false.</summary>
    public void WriteBoolean(bool value) => Buffer.Write(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes an integer in the fewest bytes.</summary>
    public void WriteInteger(long value)
    {
        if (value >= 0)
            WriteInteger((ulong)value);
        else
            WriteNegative(value);
    }

    /// <summary>Writes an integer in the fewest bytes.</summary>
    public void WriteInteger(ulong value)
    {
        if (value <= MessagePackCode.PositiveFixIntMax)
            Buffer.Write((byte)value);
        else if (value <= byte.MaxValue)
            WriteUInt8((byte)value);
        else if (value <= ushort.MaxValue)
            WriteUInt16((ushort)value);
        else if (value <= uint.MaxValue)
            WriteUInt32((uint)value);
        else
            WriteUInt64(value);
    }

    /// <summary>Writes a fixint, one byte: −32 to 127.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public void WriteFixInt(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, MessagePackCode.NegativeFixIntMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MessagePackCode.PositiveFixIntMax);
        Buffer.Write(unchecked((byte)value));
    }

    /// <summary>Writes an integer as int 8, whatever its size.</summary>
    public void WriteInt8(sbyte value) => WriteCoded8(MessagePackCode.Int8, unchecked((byte)value));

    /// <summary>Writes an integer as uint 8, whatever its size.</summary>
    public void WriteUInt8(byte value) => WriteCoded8(MessagePackCode.UInt8, value);

    /// <summary>Writes an integer as int 16, whatever its size.</summary>
    public void WriteInt16(short value) => WriteCoded16(MessagePackCode.Int16, unchecked((ushort)value));

    /// <summary>Writes an integer as uint 16, whatever its size.</summary>
    public void WriteUInt16(ushort value) => WriteCoded16(MessagePackCode.UInt16, value);

    /// <summary>Writes an integer as int 32, whatever its size.</summary>
    public void WriteInt32(int value) => WriteCoded32(MessagePackCode.Int32, unchecked((uint)value));

    /// <summary>Writes an integer as uint 32, whatever its size.</summary>
    public void WriteUInt32(uint value) => WriteCoded32(MessagePackCode.UInt32, value);

    /// <summary>Writes an integer as int 64, whatever its size.</summary>
    public void WriteInt64(long value) => WriteCoded64(MessagePackCode.Int64, unchecked((ulong)value));

    /// <summary>Writes an integer as uint 64, whatever its size.</summary>
    public void WriteUInt64(ulong value) => WriteCoded64(MessagePackCode.UInt64, value);

    /// <summary>Writes a float 32, bit for bit.</summary>
    public void WriteSingle(float value) => WriteCoded32(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes a float 64, bit for bit.</summary>
    public void WriteDouble(double value) => WriteCoded64(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a string.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ValueNotSupported"/>: it holds half a surrogate pair, which UTF-8 cannot; nothing was written.</exception>
    public void WriteString(ReadOnlySpan<char> value)
    {
        if (!TryWriteString(value))
            throw new StoreException(StoreError.ValueNotSupported, "The text holds half a surrogate pair, which UTF-8 cannot.");
    }

    /// <summary>Writes a string, or nothing and returns false when it holds half a surrogate pair, which UTF-8 cannot.</summary>
    public bool TryWriteString(ReadOnlySpan<char> value)
    {
        if (!TryGetByteCount(value, out int byteCount))
            return false;
        WriteStringHeader(byteCount);
        Encoding.UTF8.GetBytes(value, Buffer.Append(byteCount));
        return true;
    }

    /// <summary>Writes a string whose UTF-8 bytes are at hand. They are not checked.</summary>
    public void WriteUtf8String(ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        Buffer.Write(utf8);
    }

    /// <summary>Writes bytes.</summary>
    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteBinaryHeader(value.Length);
        Buffer.Write(value);
    }

    /// <summary>Writes the header of a string; its UTF-8 bytes are the next thing the caller writes.</summary>
    public void WriteStringHeader(int byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        if (byteCount <= MessagePackCode.FixStrMax - MessagePackCode.FixStr)
            Buffer.Write((byte)(MessagePackCode.FixStr | byteCount));
        else if (byteCount <= byte.MaxValue)
            WriteCoded8(MessagePackCode.Str8, (byte)byteCount);
        else if (byteCount <= ushort.MaxValue)
            WriteCoded16(MessagePackCode.Str16, (ushort)byteCount);
        else
            WriteCoded32(MessagePackCode.Str32, (uint)byteCount);
    }

    /// <summary>Writes the header of a byte string; its bytes are the next thing the caller writes.</summary>
    public void WriteBinaryHeader(int byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        if (byteCount <= byte.MaxValue)
            WriteCoded8(MessagePackCode.Bin8, (byte)byteCount);
        else if (byteCount <= ushort.MaxValue)
            WriteCoded16(MessagePackCode.Bin16, (ushort)byteCount);
        else
            WriteCoded32(MessagePackCode.Bin32, (uint)byteCount);
    }

    /// <summary>Writes the header of an array; its values are the next <paramref name="count"/> the caller writes.</summary>
    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count <= MessagePackCode.FixArrayMax - MessagePackCode.FixArray)
            Buffer.Write((byte)(MessagePackCode.FixArray | count));
        else if (count <= ushort.MaxValue)
            WriteCoded16(MessagePackCode.Array16, (ushort)count);
        else
            WriteCoded32(MessagePackCode.Array32, (uint)count);
    }

    /// <summary>Writes the header of a map; <paramref name="count"/> pairs of key and value follow.</summary>
    public void WriteMapHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count <= MessagePackCode.FixMapMax - MessagePackCode.FixMap)
            Buffer.Write((byte)(MessagePackCode.FixMap | count));
        else if (count <= ushort.MaxValue)
            WriteCoded16(MessagePackCode.Map16, (ushort)count);
        else
            WriteCoded32(MessagePackCode.Map32, (uint)count);
    }

    /// <summary>Writes an extension with a body that is at hand, in the shortest form.</summary>
    public void WriteExtension(sbyte type, ReadOnlySpan<byte> body)
    {
        WriteExtensionHeader(type, body.Length);
        Buffer.Write(body);
    }

    /// <summary>Writes the header of an extension in the shortest form; its body is the next thing the caller writes.</summary>
    public void WriteExtensionHeader(sbyte type, int byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        byte fixedCode = FixExtensionCode(byteCount);
        if (fixedCode != 0)
            Buffer.Write(fixedCode);
        else if (byteCount <= byte.MaxValue)
            WriteCoded8(MessagePackCode.Ext8, (byte)byteCount);
        else if (byteCount <= ushort.MaxValue)
            WriteCoded16(MessagePackCode.Ext16, (ushort)byteCount);
        else
            WriteCoded32(MessagePackCode.Ext32, (uint)byteCount);
        Buffer.Write(unchecked((byte)type));
    }

    /// <summary>
    /// Begins an extension whose length is known only at its end; always ext 32, so that nothing has to move. What is written
    /// until <see cref="EndExtension"/> is its body. May be nested.
    /// </summary>
    /// <returns>What <see cref="EndExtension"/> needs.</returns>
    public int BeginExtension(sbyte type)
    {
        Span<byte> header = Buffer.Append(ExtensionHeaderBytes);
        header.Clear();
        header[0] = MessagePackCode.Ext32;
        header[^1] = unchecked((byte)type);
        return Buffer.Length;
    }

    /// <summary>Ends the extension that <paramref name="bodyStart"/> began by filling in its length.</summary>
    public void EndExtension(int bodyStart)
    {
        int byteCount = Buffer.Length - bodyStart;
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount, nameof(bodyStart));
        BinaryPrimitives.WriteUInt32BigEndian(Buffer.GetSpanAt(bodyStart - ExtensionHeaderBytes + 1, sizeof(uint)), (uint)byteCount);
    }

    /// <summary>Writes a timestamp (extension −1) in the shortest of its three forms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The nanoseconds exceed <see cref="MessagePackTimestamp.NanosecondsMax"/>.</exception>
    public void WriteTimestamp(MessagePackTimestamp value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Nanoseconds, MessagePackTimestamp.NanosecondsMax, nameof(value));
        if (value.Seconds is < 0 or >= 1L << 34)
            WriteTimestamp96(value);
        else if (value.Nanoseconds == 0 && value.Seconds <= uint.MaxValue)
            WriteTimestamp32((uint)value.Seconds);
        else
            WriteTimestamp64(((ulong)value.Nanoseconds << 34) | (ulong)value.Seconds);
    }

    /// <summary>Writes a whole value that is MessagePack already. It is not checked.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value) => Buffer.Write(value);

    // Every surrogate is one of a pair, the high one first. Text without any is told by one vectorized scan.
    /// <summary>Counting strictly also checks, in one pass; half a pair is rare enough for an exception.</summary>
    private static bool TryGetByteCount(ReadOnlySpan<char> value, out int byteCount)
    {
        try
        {
            byteCount = s_strictUtf8.GetByteCount(value);
            return true;
        }
        catch (EncoderFallbackException)
        {
            byteCount = 0;
            return false;
        }
    }

    private static byte FixExtensionCode(int byteCount) => byteCount switch
    {
        1 => MessagePackCode.FixExt1,
        2 => MessagePackCode.FixExt2,
        4 => MessagePackCode.FixExt4,
        8 => MessagePackCode.FixExt8,
        16 => MessagePackCode.FixExt16,
        _ => 0,
    };

    private void WriteTimestamp32(uint seconds)
    {
        WriteExtensionHeader(MessagePackCode.TimestampExtension, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(Buffer.Append(sizeof(uint)), seconds);
    }

    private void WriteTimestamp64(ulong packed)
    {
        WriteExtensionHeader(MessagePackCode.TimestampExtension, sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(Buffer.Append(sizeof(ulong)), packed);
    }

    private void WriteTimestamp96(MessagePackTimestamp value)
    {
        WriteExtensionHeader(MessagePackCode.TimestampExtension, sizeof(uint) + sizeof(long));
        BinaryPrimitives.WriteUInt32BigEndian(Buffer.Append(sizeof(uint)), value.Nanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(Buffer.Append(sizeof(long)), value.Seconds);
    }

    private void WriteNegative(long value)
    {
        if (value >= MessagePackCode.NegativeFixIntMin)
            Buffer.Write(unchecked((byte)value));
        else if (value >= sbyte.MinValue)
            WriteInt8((sbyte)value);
        else if (value >= short.MinValue)
            WriteInt16((short)value);
        else if (value >= int.MinValue)
            WriteInt32((int)value);
        else
            WriteInt64(value);
    }

    private void WriteCoded8(byte code, byte value)
    {
        Span<byte> bytes = Buffer.Append(2);
        bytes[1] = value;
        bytes[0] = code;
    }

    private void WriteCoded16(byte code, ushort value)
    {
        Span<byte> bytes = Buffer.Append(1 + sizeof(ushort));
        bytes[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], value);
    }

    private void WriteCoded32(byte code, uint value)
    {
        Span<byte> bytes = Buffer.Append(1 + sizeof(uint));
        bytes[0] = code;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], value);
    }

    private void WriteCoded64(byte code, ulong value)
    {
        Span<byte> bytes = Buffer.Append(1 + sizeof(ulong));
        bytes[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], value);
    }
}
