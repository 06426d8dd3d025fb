namespace Persistence.Terminals.Pty.Posix;

/// <summary>A set of descriptors as <c>select</c> takes it: one bit each, from the lowest on. In memory both systems have them in the same places, though one counts in 32 and the other in 64 bits.</summary>
internal sealed class DescriptorSet
{
    private const int WordBytes = 8;

    private byte[] _bits = new byte[WordBytes];

    /// <summary>The bits.</summary>
    public byte[] Bits => _bits;

    /// <summary>One more than the highest that was added since the set was cleared.</summary>
    public int DescriptorsMax { get; private set; }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Array.Clear(_bits);
        DescriptorsMax = 0;
    }

    /// <summary>Adds a descriptor.</summary>
    public void Add(int descriptor)
    {
        DescriptorsMax = Math.Max(DescriptorsMax, descriptor + 1);
        Extend(DescriptorsMax);
        _bits[descriptor / 8] |= (byte)(1 << (descriptor % 8));
    }

    /// <summary>Makes room for that many.</summary>
    public void Extend(int descriptors)
    {
        int words = (descriptors + (8 * WordBytes) - 1) / (8 * WordBytes);
        if (_bits.Length < words * WordBytes)
            Array.Resize(ref _bits, words * WordBytes);
    }

    /// <summary>Whether a descriptor is in it.</summary>
    public bool Contains(int descriptor) => descriptor / 8 < _bits.Length && (_bits[descriptor / 8] & (1 << (descriptor % 8))) != 0;
}
