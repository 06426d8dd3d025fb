using System.Numerics;
using System.Runtime.InteropServices;

namespace Persistence.Storage.Simulated;

/// <summary>Fast hashing for telling crash states apart; nothing is stored by it.</summary>
public static class Mixing
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    /// <summary>A hash and one more number.</summary>
    public static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * Prime;
        return hash ^ BitOperations.RotateRight(hash, 29);
    }

    /// <summary>Of bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            hash = Mix(hash, word);
        foreach (byte rest in bytes[(words.Length * 8)..])
            hash = Mix(hash, rest);
        return hash;
    }

    /// <summary>Of text.</summary>
    public static ulong Hash(string text) => Hash(MemoryMarshal.AsBytes(text.AsSpan()));
}
