namespace Persistence.Storage.Simulated;

/// <summary>A write of which a cut left a part.</summary>
/// <param name="Micro">Which part of the trace is torn: the bytes of a write.</param>
/// <param name="Kept">Ranges of its bytes that are on the medium.</param>
public sealed record TornWrite(int Micro, IReadOnlyList<(int Start, int Length)> Kept)
{
    /// <summary>Whether the rest is neither what was written nor what was there before.</summary>
    public bool Garbage { get; init; }

    /// <summary>So many bytes before and after it, the rest of its first and last sector, are spoiled too.</summary>
    public (int Before, int After) Spoiled { get; init; }
}

/// <summary>Where a run is cut, and what of the changes pending there is on the medium.</summary>
public sealed class CrashChoice
{
    /// <param name="microCount">How many parts the trace has.</param>
    public CrashChoice(int microCount) => Keeps = new bool[microCount];

    private CrashChoice(CrashChoice origin)
    {
        Tier = origin.Tier;
        Cut = origin.Cut;
        Keeps = [.. origin.Keeps];
        Torn = [.. origin.Torn];
        StaleBytes = origin.StaleBytes;
    }

    /// <summary>Which enumeration it comes from: T0 to T6.</summary>
    public int Tier { get; set; }

    /// <summary>What happened at this stamp or later did not.</summary>
    public long Cut { get; set; }

    /// <summary>For each part of the trace, whether it is kept, if it is pending.</summary>
    public bool[] Keeps { get; }

    /// <summary>Writes that are there in part.</summary>
    public List<TornWrite> Torn { get; } = [];

    /// <summary>Whether what was not written below a size reads as garbage instead of zeros.</summary>
    public bool StaleBytes { get; set; }

    /// <summary>An independent copy.</summary>
    public CrashChoice Copy() => new(this);
}
