namespace Persistence.Storage.Simulated;

/// <summary>A write of which a cut left a part.</summary>
/// <param name="Micro">Which part of the trace is torn: the bytes of a write.</param>
/// <param name="Kept">Ranges of its bytes that are on the medium.</param>
/// <param name="Garbage">Whether the rest is not what was there before but neither the one nor the other.</param>
internal sealed record TornWrite(int Micro, IReadOnlyList<(int Start, int Length)> Kept, bool Garbage);

/// <summary>Where a run is cut, and what of the changes pending there is on the medium.</summary>
internal sealed class CrashChoice(int microCount)
{
    /// <summary>Which enumeration it comes from: T0 to T6.</summary>
    public int Tier { get; set; }

    /// <summary>Everything that began at or after this stamp never happened.</summary>
    public long Cut { get; set; }

    /// <summary>For each part of the trace, whether it is kept, if it is pending.</summary>
    public bool[] Keeps { get; } = new bool[microCount];

    /// <summary>A write that is there in part, or null.</summary>
    public TornWrite? Torn { get; set; }
}
