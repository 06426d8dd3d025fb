using System.Numerics;

namespace Persistence.Serialization;

/// <summary>
/// Moves a raw CRC-32C state past a fixed number of zero bytes in four table look-ups. A CRC is linear over exclusive-or,
/// so the state after <c>A‖B</c> is the state after <c>A</c> moved past <c>|B|</c> zeros, exclusive-or the state of
/// <c>B</c> from zero: what joins checksums that were computed side by side.
/// </summary>
internal sealed class Crc32CShift
{
    // Four tables of 256, one per byte of the state.
    private readonly uint[] _table = new uint[4 * 256];

    /// <summary>Prepares the tables for a distance in bytes, a multiple of eight.</summary>
    public Crc32CShift(int distanceBytes)
    {
        for (int bit = 0; bit < 32; bit++)
            _table[((bit / 8) * 256) + (1 << (bit % 8))] = PastZeros(1u << bit, distanceBytes);
        for (int index = 0; index < _table.Length; index++)
            _table[index] = SumOfBits(index);
    }

    public uint Apply(uint state)
    {
        uint[] table = _table;
        return table[state & 0xFF]
            ^ table[256 + ((state >> 8) & 0xFF)]
            ^ table[512 + ((state >> 16) & 0xFF)]
            ^ table[768 + (state >> 24)];
    }

    private static uint PastZeros(uint state, int distanceBytes)
    {
        for (int done = 0; done < distanceBytes; done += sizeof(ulong))
            state = BitOperations.Crc32C(state, 0UL);
        return state;
    }

    // Single-bit entries are filled first; every other entry is the exclusive-or of its bits' entries.
    private uint SumOfBits(int index)
    {
        int table = index & ~0xFF;
        uint sum = 0;
        for (int rest = index & 0xFF; rest != 0; rest &= rest - 1)
            sum ^= _table[table + (rest & -rest)];
        return sum;
    }
}
