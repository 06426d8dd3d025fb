using System.Buffers.Binary;
using Persistence.CrashKit.Worker;
using Persistence.Platform;

namespace Persistence.CrashKit.Simulation;

/// <summary>The same bytes for the same seed, on every machine.</summary>
internal sealed class SimulatedRandom(long seed) : IRandomSource
{
    private long _drawn;

    public void Fill(Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < buffer.Length; i += 8)
        {
            BinaryPrimitives.WriteInt64LittleEndian(word, Mixer.Combine(seed, _drawn++));
            word[..Math.Min(8, buffer.Length - i)].CopyTo(buffer[i..]);
        }
    }

    /// <summary>A number from 0 to one below <paramref name="below"/>.</summary>
    public int Next(int below) => (int)((ulong)Mixer.Combine(seed, _drawn++) % (ulong)below);
}
