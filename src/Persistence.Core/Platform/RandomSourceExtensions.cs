using System.Buffers.Binary;

namespace Persistence.Platform;

/// <summary>Typed values out of an <see cref="IRandomSource"/>.</summary>
public static class RandomSourceExtensions
{
    /// <summary>A random (version 4) UUID.</summary>
    public static Guid NextGuid(this IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A random 64-bit number that is never zero, so that zeroed bytes never match it.</summary>
    public static ulong NextSalt(this IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[8];
        ulong salt;
        do
        {
            random.Fill(bytes);
            salt = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
        while (salt == 0);
        return salt;
    }
}
