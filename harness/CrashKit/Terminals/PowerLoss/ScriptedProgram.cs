using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>What a program does that exists in a simulation alone: it writes so many bytes, waits for a line now and then, and ends, or waits for ever. All of it follows from a seed.</summary>
internal sealed class ScriptedProgram
{
    private const int PartsMax = 5;
    private const int SmallBytesMax = 400;

    // More than a chunk of scrollback: it has to get into a checkpoint, and be read from there.
    private const int LargeBytes = 70_000;
    private const int LargeOneIn = 6;

    private readonly long _seed;

    /// <param name="seed">Where everything comes from.</param>
    public ScriptedProgram(long seed)
    {
        _seed = seed;
        Random random = new(Mixer.Fold(seed));
        Parts = [.. Enumerable.Range(0, 1 + random.Next(PartsMax)).Select(_ => random.Next(LargeOneIn) == 0 ? LargeBytes + random.Next(LargeBytes) : random.Next(SmallBytesMax))];
        ExitCode = random.Next(3) == 0 ? random.Next(256) : null;
    }

    /// <summary>How much it writes before each line that it waits for.</summary>
    public IReadOnlyList<int> Parts { get; }

    /// <summary>With what it ends after its last part; null: it goes on waiting.</summary>
    public int? ExitCode { get; }

    /// <summary>What it writes: bytes of every kind, with line feeds, escape sequences and text of several bytes to a character among them.</summary>
    public void Fill(long position, Span<byte> target)
    {
        for (int i = 0; i < target.Length; i++)
            target[i] = ByteAt(position + i);
    }

    private byte ByteAt(long position)
    {
        ulong word = (ulong)Mixer.Combine(_seed, position / 64);
        if ((word & 7) == 0)
            return (byte)(word >> (int)(position % 7 * 8));
        return position % 64 == 63 ? (byte)'\n' : (byte)(' ' + (((ulong)position + word) % 90));
    }
}
