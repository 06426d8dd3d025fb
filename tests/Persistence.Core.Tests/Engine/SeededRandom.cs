using System.Buffers.Binary;
using Persistence.Platform;

namespace Persistence.Tests.Engine;

/// <summary>The same bytes for the same seed, on every machine and every version of the runtime (SplitMix64).</summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private readonly object _lock = new();
    private ulong _state = seed;

    public void Fill(Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[8];
        lock (_lock)
        {
            for (int i = 0; i < buffer.Length; i += 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
                word[..Math.Min(8, buffer.Length - i)].CopyTo(buffer[i..]);
            }
        }
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
