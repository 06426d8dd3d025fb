using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// Reads MessagePack from bytes in memory. Whatever the bytes are, the only exception out of a reading method is
/// <see cref="MalformedDataException"/>: the bytes end too early, are not MessagePack, are not what the method reads, or do
/// not fit its result. After one the position is unspecified.
/// </summary>
/// <remarks>
/// No length is believed beyond the bytes that are there, so no method allocates more than those bytes can justify. Spans
/// that are returned point into the input. <see cref="Skip"/> and <see cref="ReadRaw"/> follow nested arrays and maps for
/// <see cref="MaxDepth"/> levels; the body of an extension is opaque to them.
/// </remarks>
public ref struct MessagePackReader
{
    /// <summary>Levels of arrays and maps, one inside the other, unless the caller asks for another number.</summary>
    public const int DefaultMaxDepth = 64;

    /// <summary>The most levels a caller may ask for: each costs stack.</summary>
    public const int LargestMaxDepth = 512;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    /// <summary>Creates a reader at the start of <paramref name="data"/>.</summary>
    /// <param name="data">The bytes; they must not change while the reader or a span from it is in use.</param>
    /// <param name="maxDepth">Levels of arrays and maps, one inside the other, that skipping will follow: 1 to <see cref="LargestMaxDepth"/>.</param>
    public MessagePackReader(ReadOnlySpan<byte> data, int maxDepth = DefaultMaxDepth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDepth, LargestMaxDepth);
        _data = data;
        MaxDepth = maxDepth;
    }

    /// <summary>Levels of arrays and maps, one inside the other, that skipping will follow.</summary>
    public int MaxDepth { get; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _data.Length - _position;

    /// <summary>Nothing is left.</summary>
    public readonly bool AtEnd => _position == _data.Length;

    /// <summary>The first byte of the next value, which tells its exact format.</summary>
    public readonly byte NextCode => _position < _data.Length ? _data[_position] : throw EndsEarly();

    /// <summary>What the next value is.</summary>
    public readonly MessagePackType NextType => MessagePackCode.TypeOf(NextCode);

    /// <summary>Checks that everything was read.</summary>
    public readonly void ExpectEnd()
    {
        if (!AtEnd)
            throw Malformed("more bytes follow the value");
    }

    /// <summary>Reads nil.</summary>
    public void ReadNil()
    {
        if (!TryReadNil())
            throw Expected("nil");
    }

    /// <summary>Reads nil if it is next.</summary>
    public bool TryReadNil()
    {
        if (NextCode != MessagePackCode.Nil)
            return false;
        _position++;
        return true;
    }

    /// <summary>Reads true or false.</summary>
    public bool ReadBoolean()
    {
        byte code = NextCode;
        if (code is not (MessagePackCode.True or MessagePackCode.False))
            throw Expected("a Boolean");
        _position++;
        return code == MessagePackCode.True;
    }

    /// <summary>Reads an integer of any width that an <see cref="sbyte"/> can hold.</summary>
    public sbyte ReadSByte() => (sbyte)ReadSigned(sbyte.MinValue, sbyte.MaxValue);

    /// <summary>Reads an integer of any width that a <see cref="short"/> can hold.</summary>
    public short ReadInt16() => (short)ReadSigned(short.MinValue, short.MaxValue);

    /// <summary>Reads an integer of any width that an <see cref="int"/> can hold.</summary>
    public int ReadInt32() => (int)ReadSigned(int.MinValue, int.MaxValue);

    /// <summary>Reads an integer of any width that a <see cref="long"/> can hold.</summary>
    public long ReadInt64() => ReadSigned(long.MinValue, long.MaxValue);

    /// <summary>Reads an integer of any width that a <see cref="byte"/> can hold.</summary>
    public byte ReadByte() => (byte)ReadUnsigned(byte.MaxValue);

    /// <summary>Reads an integer of any width that a <see cref="ushort"/> can hold.</summary>
    public ushort ReadUInt16() => (ushort)ReadUnsigned(ushort.MaxValue);

    /// <summary>Reads an integer of any width that a <see cref="uint"/> can hold.</summary>
    public uint ReadUInt32() => (uint)ReadUnsigned(uint.MaxValue);

    /// <summary>Reads an integer of any width that a <see cref="ulong"/> can hold.</summary>
    public ulong ReadUInt64() => ReadUnsigned(ulong.MaxValue);

    /// <summary>Reads a float 32, bit for bit.</summary>
    public float ReadSingle()
    {
        if (NextCode != MessagePackCode.Float32)
            throw Expected("a float of 32 bits");
        return BitConverter.UInt32BitsToSingle(BinaryPrimitives.ReadUInt32BigEndian(Take(1 + sizeof(uint))[1..]));
    }

    /// <summary>Reads a float 64 bit for bit, or a float 32 widened.</summary>
    public double ReadDouble()
    {
        byte code = NextCode;
        if (code == MessagePackCode.Float32)
            return ReadSingle();
        if (code != MessagePackCode.Float64)
            throw Expected("a float");
        return BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReadUInt64BigEndian(Take(1 + sizeof(ulong))[1..]));
    }

    /// <summary>Reads a string; it must be valid UTF-8.</summary>
    public string ReadString()
    {
        int start = _position;
        ReadOnlySpan<byte> utf8 = ReadUtf8String();
        try
        {
            return s_strictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException error)
        {
            throw NotUtf8(start, error);
        }
    }

    /// <summary>Passes over a string; it must be valid UTF-8.</summary>
    public void SkipString()
    {
        int start = _position;
        if (!Utf8.IsValid(ReadUtf8String()))
            throw NotUtf8(start);
    }

    /// <summary>Reads a string, or nil as null.</summary>
    public string? ReadStringOrNil() => TryReadNil() ? null : ReadString();

    /// <summary>Reads a string's bytes, unchecked; a span into the input.</summary>
    public ReadOnlySpan<byte> ReadUtf8String()
    {
        byte code = NextCode;
        return code switch
        {
            >= MessagePackCode.FixStr and <= MessagePackCode.FixStrMax => TakeBody(1, (uint)(code & 0x1F)),
            MessagePackCode.Str8 => TakeBody(1 + sizeof(byte), PeekLength8()),
            MessagePackCode.Str16 => TakeBody(1 + sizeof(ushort), PeekLength16()),
            MessagePackCode.Str32 => TakeBody(1 + sizeof(uint), PeekLength32()),
            _ => throw Expected("a string"),
        };
    }

    /// <summary>Reads bytes; a span into the input.</summary>
    public ReadOnlySpan<byte> ReadBinary() => NextCode switch
    {
        MessagePackCode.Bin8 => TakeBody(1 + sizeof(byte), PeekLength8()),
        MessagePackCode.Bin16 => TakeBody(1 + sizeof(ushort), PeekLength16()),
        MessagePackCode.Bin32 => TakeBody(1 + sizeof(uint), PeekLength32()),
        _ => throw Expected("bytes"),
    };

    /// <summary>Reads the header of an array: how many values follow, never more than bytes are left.</summary>
    public int ReadArrayHeader()
    {
        byte code = NextCode;
        return code switch
        {
            >= MessagePackCode.FixArray and <= MessagePackCode.FixArrayMax => TakeCount(1, (uint)(code & 0x0F), bytesPerItem: 1),
            MessagePackCode.Array16 => TakeCount(1 + sizeof(ushort), PeekLength16(), bytesPerItem: 1),
            MessagePackCode.Array32 => TakeCount(1 + sizeof(uint), PeekLength32(), bytesPerItem: 1),
            _ => throw Expected("an array"),
        };
    }

    /// <summary>Reads the header of a map: how many pairs of values follow, never more than bytes are left for.</summary>
    public int ReadMapHeader()
    {
        byte code = NextCode;
        return code switch
        {
            >= MessagePackCode.FixMap and <= MessagePackCode.FixMapMax => TakeCount(1, (uint)(code & 0x0F), bytesPerItem: 2),
            MessagePackCode.Map16 => TakeCount(1 + sizeof(ushort), PeekLength16(), bytesPerItem: 2),
            MessagePackCode.Map32 => TakeCount(1 + sizeof(uint), PeekLength32(), bytesPerItem: 2),
            _ => throw Expected("a map"),
        };
    }

    /// <summary>Reads an extension of any width; a span into the input.</summary>
    /// <param name="type">Its type: negative ones are the specification's, the others the application's.</param>
    public ReadOnlySpan<byte> ReadExtension(out sbyte type) => NextCode switch
    {
        MessagePackCode.FixExt1 => TakeExtension(1, 1, out type),
        MessagePackCode.FixExt2 => TakeExtension(1, 2, out type),
        MessagePackCode.FixExt4 => TakeExtension(1, 4, out type),
        MessagePackCode.FixExt8 => TakeExtension(1, 8, out type),
        MessagePackCode.FixExt16 => TakeExtension(1, 16, out type),
        MessagePackCode.Ext8 => TakeExtension(1 + sizeof(byte), PeekLength8(), out type),
        MessagePackCode.Ext16 => TakeExtension(1 + sizeof(ushort), PeekLength16(), out type),
        MessagePackCode.Ext32 => TakeExtension(1 + sizeof(uint), PeekLength32(), out type),
        _ => throw Expected("an extension"),
    };

    /// <summary>Reads a timestamp (extension −1) in any of its three forms.</summary>
    public MessagePackTimestamp ReadTimestamp()
    {
        int start = _position;
        ReadOnlySpan<byte> body = ReadExtension(out sbyte type);
        if (type != MessagePackCode.TimestampExtension)
            throw Malformed("a timestamp was expected and another extension found", start);
        MessagePackTimestamp timestamp = body.Length switch
        {
            sizeof(uint) => new(BinaryPrimitives.ReadUInt32BigEndian(body), 0),
            sizeof(ulong) => UnpackTimestamp64(BinaryPrimitives.ReadUInt64BigEndian(body)),
            sizeof(uint) + sizeof(long) => new(BinaryPrimitives.ReadInt64BigEndian(body[sizeof(uint)..]), BinaryPrimitives.ReadUInt32BigEndian(body)),
            _ => throw Malformed("a timestamp has 4, 8 or 12 bytes", start),
        };
        return timestamp.Nanoseconds <= MessagePackTimestamp.NanosecondsMax ? timestamp : throw Malformed("a timestamp has too many nanoseconds", start);
    }

    /// <summary>Skips one whole value, nested ones included.</summary>
    public void Skip() => SkipLevel(MaxDepth);

    /// <summary>Skips one whole value and returns its bytes; a span into the input.</summary>
    public ReadOnlySpan<byte> ReadRaw()
    {
        int start = _position;
        Skip();
        return _data[start.._position];
    }

    private static MessagePackTimestamp UnpackTimestamp64(ulong packed) => new((long)(packed & ((1UL << 34) - 1)), (uint)(packed >> 34));

    private void SkipLevel(int levelsLeft)
    {
        switch (NextType)
        {
            case MessagePackType.Nil or MessagePackType.Boolean:
                _position++;
                break;
            case MessagePackType.Integer or MessagePackType.Float:
                Take(NumberBytes(NextCode));
                break;
            case MessagePackType.String:
                ReadUtf8String();
                break;
            case MessagePackType.Binary:
                ReadBinary();
                break;
            case MessagePackType.Extension:
                ReadExtension(out _);
                break;
            case MessagePackType.Array:
                SkipItems(ReadArrayHeader(), levelsLeft);
                break;
            case MessagePackType.Map:
                SkipItems(2L * ReadMapHeader(), levelsLeft);
                break;
            default:
                throw Malformed("a value begins with the byte that none begins with");
        }
    }

    private void SkipItems(long count, int levelsLeft)
    {
        if (levelsLeft == 0)
            throw Malformed($"arrays and maps are nested more than {MaxDepth} levels deep");
        for (; count > 0; count--)
            SkipLevel(levelsLeft - 1);
    }

    private static int NumberBytes(byte code) => code switch
    {
        MessagePackCode.UInt8 or MessagePackCode.Int8 => 1 + sizeof(byte),
        MessagePackCode.UInt16 or MessagePackCode.Int16 => 1 + sizeof(ushort),
        MessagePackCode.UInt32 or MessagePackCode.Int32 or MessagePackCode.Float32 => 1 + sizeof(uint),
        MessagePackCode.UInt64 or MessagePackCode.Int64 or MessagePackCode.Float64 => 1 + sizeof(ulong),
        _ => 1,
    };

    private long ReadSigned(long min, long max)
    {
        int start = _position;
        ulong bits = ReadInteger(out bool isNegative);
        if (!isNegative && bits > long.MaxValue)
            throw Malformed("the integer is too large", start);
        long value = unchecked((long)bits);
        return value >= min && value <= max ? value : throw Malformed($"the integer is not between {min} and {max}", start);
    }

    private ulong ReadUnsigned(ulong max)
    {
        int start = _position;
        ulong value = ReadInteger(out bool isNegative);
        return !isNegative && value <= max ? value : throw Malformed($"the integer is not between 0 and {max}", start);
    }

    // The 64 bits of any integer; a negative one in two's complement.
    private ulong ReadInteger(out bool isNegative)
    {
        byte code = NextCode;
        if (code <= MessagePackCode.PositiveFixIntMax)
        {
            // Most are: field numbers, tables, kinds.
            _position++;
            isNegative = false;
            return code;
        }
        if (code is >= MessagePackCode.UInt8 and <= MessagePackCode.UInt64)
        {
            isNegative = false;
            return ReadUnsignedFormat(code);
        }
        if (code < MessagePackCode.NegativeFixInt && code is not (>= MessagePackCode.Int8 and <= MessagePackCode.Int64))
            throw Expected("an integer");
        long value = ReadSignedFormat(code);
        isNegative = value < 0;
        return unchecked((ulong)value);
    }

    private ulong ReadUnsignedFormat(byte code)
    {
        ReadOnlySpan<byte> bytes = Take(NumberBytes(code));
        return code switch
        {
            MessagePackCode.UInt8 => bytes[1],
            MessagePackCode.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]),
            MessagePackCode.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]),
            MessagePackCode.UInt64 => BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]),
            _ => code,
        };
    }

    private long ReadSignedFormat(byte code)
    {
        ReadOnlySpan<byte> bytes = Take(NumberBytes(code));
        return code switch
        {
            MessagePackCode.Int8 => unchecked((sbyte)bytes[1]),
            MessagePackCode.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes[1..]),
            MessagePackCode.Int32 => BinaryPrimitives.ReadInt32BigEndian(bytes[1..]),
            MessagePackCode.Int64 => BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            _ => unchecked((sbyte)code),
        };
    }

    private readonly uint PeekLength8() => Peek(1 + sizeof(byte))[1];

    private readonly uint PeekLength16() => BinaryPrimitives.ReadUInt16BigEndian(Peek(1 + sizeof(ushort))[1..]);

    private readonly uint PeekLength32() => BinaryPrimitives.ReadUInt32BigEndian(Peek(1 + sizeof(uint))[1..]);

    private readonly ReadOnlySpan<byte> Peek(int count) =>
        count <= Remaining ? _data.Slice(_position, count) : throw EndsEarly();

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> bytes = Peek(count);
        _position += count;
        return bytes;
    }

    // A length is compared with what is left before anything is done with it.
    private ReadOnlySpan<byte> TakeBody(int headerBytes, uint length)
    {
        if (length > Remaining - headerBytes)
            throw EndsEarly();
        _position += headerBytes;
        return Take((int)length);
    }

    private ReadOnlySpan<byte> TakeExtension(int headerBytes, uint length, out sbyte type)
    {
        type = unchecked((sbyte)Peek(headerBytes + 1)[headerBytes]);
        return TakeBody(headerBytes + 1, length);
    }

    private int TakeCount(int headerBytes, uint count, int bytesPerItem)
    {
        if ((long)count * bytesPerItem > Remaining - headerBytes)
            throw EndsEarly();
        _position += headerBytes;
        return (int)count;
    }

    private static MalformedDataException NotUtf8(int start, Exception? error = null) => new($"Malformed data: the string at byte {start} is not valid UTF-8.", start, error);

    private readonly MalformedDataException EndsEarly() => Malformed("the bytes end inside a value");

    private readonly MalformedDataException Expected(string what) => Malformed($"{what} was expected and something else found");

    private readonly MalformedDataException Malformed(string what) => Malformed(what, _position);

    private static MalformedDataException Malformed(string what, int offset) => new($"Malformed data at byte {offset}: {what}.", offset);
}
