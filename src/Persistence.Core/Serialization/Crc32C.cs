using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Persistence.Serialization;

/// <summary>
/// CRC-32C (Castagnoli, as in iSCSI, RFC 3720 appendix B.4): reflected polynomial 0x82F63B78, initial value and final
/// exclusive-or of all ones. On disk, never change. Little-endian whatever the machine; thread-safe.
/// </summary>
/// <remarks>
/// One step per eight bytes runs on the processor's own instruction where there is one, else on the base library's table.
/// The instruction delivers a result per cycle but has a latency of three, so longer spans are cut into three streams that
/// advance together; <see cref="Crc32CShift"/> joins them.
/// </remarks>
public static class Crc32C
{
    // Three lanes of these many bytes each: 4 KiB and 256 B, the usual page and record, leave 16 bytes to the plain loop.
    private const int LongLaneBytes = 1360;
    private const int ShortLaneBytes = 80;

    private static readonly Crc32CShift s_longShift = new(LongLaneBytes);
    private static readonly Crc32CShift s_shortShift = new(ShortLaneBytes);

    /// <summary>The checksum of <paramref name="data"/>; zero when it is empty.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of earlier bytes followed by <paramref name="data"/>.</summary>
    /// <param name="crc">The checksum of the earlier bytes; zero when there are none.</param>
    /// <param name="data">The bytes that follow.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        uint state = ~crc;
        state = AdvanceLanes(state, ref data, LongLaneBytes, s_longShift);
        state = AdvanceLanes(state, ref data, ShortLaneBytes, s_shortShift);
        return ~Advance(state, data);
    }

    /// <summary>The checksum of earlier bytes followed by the eight bytes of <paramref name="value"/>, least significant first.</summary>
    public static uint Append(uint crc, ulong value) => ~BitOperations.Crc32C(~crc, value);

    private static uint AdvanceLanes(uint state, ref ReadOnlySpan<byte> data, int laneBytes, Crc32CShift shift)
    {
        while (data.Length >= 3 * laneBytes)
        {
            state = AdvanceThree(state, data[..(3 * laneBytes)], laneBytes, shift);
            data = data[(3 * laneBytes)..];
        }
        return state;
    }

    // The loop of the whole engine: the span's length is checked once instead of at each of three loads per step.
    private static uint AdvanceThree(uint state, ReadOnlySpan<byte> lanes, int laneBytes, Crc32CShift shift)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(lanes.Length, 3 * laneBytes);
        ref byte first = ref MemoryMarshal.GetReference(lanes);
        ref byte second = ref Unsafe.Add(ref first, laneBytes);
        ref byte third = ref Unsafe.Add(ref second, laneBytes);
        uint secondState = 0;
        uint thirdState = 0;
        for (nint at = 0; at < laneBytes; at += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, Load(ref first, at));
            secondState = BitOperations.Crc32C(secondState, Load(ref second, at));
            thirdState = BitOperations.Crc32C(thirdState, Load(ref third, at));
        }
        return shift.Apply(shift.Apply(state) ^ secondState) ^ thirdState;
    }

    private static ulong Load(ref byte start, nint at)
    {
        ulong value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    private static uint Advance(uint state, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte value in data)
            state = BitOperations.Crc32C(state, value);
        return state;
    }
}
