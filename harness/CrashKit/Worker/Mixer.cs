namespace Persistence.CrashKit.Worker;

/// <summary>Derives seeds from seeds (the finalizer of SplitMix64), so that neighbouring numbers give unrelated choices.</summary>
internal static class Mixer
{
    public static long Combine(long seed, long number)
    {
        unchecked
        {
            ulong mixed = (ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(number + 1));
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return (long)(mixed ^ (mixed >> 31));
        }
    }

    public static int Fold(long seed) => unchecked((int)(Combine(seed, 0) >> 32));
}
