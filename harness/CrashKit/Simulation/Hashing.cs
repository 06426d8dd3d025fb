using System.Numerics;
using System.Runtime.InteropServices;

namespace Persistence.CrashKit.Simulation;

/// <summary>Fast hashing for telling states apart. Nothing is stored by it but for the length of a run.</summary>
internal static class Hashing
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    public static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * Prime;
        return hash ^ BitOperations.RotateRight(hash, 29);
    }

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length + Prime;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            hash = Mix(hash, word);
        foreach (byte rest in bytes[(words.Length * 8)..])
            hash = Mix(hash, rest);
        return hash;
    }
}
