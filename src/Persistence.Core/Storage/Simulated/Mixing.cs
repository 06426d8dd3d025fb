using System.Runtime.InteropServices;

namespace Persistence.Storage.Simulated;

/// <summary>Fast hashing for telling crash states apart; nothing is stored by it.</summary>
public static class Mixing
{
    private const ulong Prime = 0x9E3779B97F4A7C15;
    private const ulong Multiplier = 0xD6E8FEB86659FD93;

    /// <summary>A hash and one more number. Small ones are spread first, so that they do not cancel each other.</summary>
    public static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ ((value + 1) * Prime)) * Multiplier;
        return hash ^ (hash >> 32);
    }

    /// <summary>Of bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        // Four at a time, since each step waits for the one before.
        (ulong first, ulong second, ulong third, ulong fourth) = ((ulong)bytes.Length, 1UL, 2UL, 3UL);
        int at = 0;
        for (; at + 4 <= words.Length; at += 4)
        {
            first = Mix(first, words[at]);
            second = Mix(second, words[at + 1]);
            third = Mix(third, words[at + 2]);
            fourth = Mix(fourth, words[at + 3]);
        }

        ulong hash = Mix(Mix(first, second), Mix(third, fourth));
        foreach (ulong word in words[at..])
            hash = Mix(hash, word);
        foreach (byte rest in bytes[(words.Length * 8)..])
            hash = Mix(hash, rest);
        return hash;
    }

    /// <summary>Of text.</summary>
    public static ulong Hash(string text) => Hash(MemoryMarshal.AsBytes(text.AsSpan()));
}
