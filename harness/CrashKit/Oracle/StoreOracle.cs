namespace Persistence.CrashKit.Oracle;

/// <summary>
/// Judges what a store holds after a crash, from what was said about it and from the state verified before; it never asks the
/// store how much that ought to be. Every value is used once in a store's life.
/// </summary>
public sealed class StoreOracle
{
    /// <param name="keepsAllRecords">Whether the store retains its whole log, so that no application record may ever go.</param>
    /// <param name="acknowledgementPromises">Whether an acknowledgement alone promises durability; else only the barrier does.</param>
    public StoreOracle(bool keepsAllRecords, bool acknowledgementPromises)
    {
        KeepsAllRecords = keepsAllRecords;
        History = new History(acknowledgementPromises);
    }

    /// <summary>Whether the store retains its whole log, so that no application record may ever go.</summary>
    public bool KeepsAllRecords { get; set; }

    /// <summary>
    /// Whether a value used twice is noticed however long ago it was; that takes memory for every value. Otherwise it is noticed between two verified
    /// states and for what the last one shows.
    /// </summary>
    public bool RemembersAllValues { get; init; } = true;

    /// <summary>The state verified last.</summary>
    public Observation Baseline { get; private set; } = Observation.Empty;

    /// <summary>What was said since.</summary>
    public History History { get; private set; }

    /// <summary>Holds a state against baseline and history. Changes neither.</summary>
    public Judgement Judge(Observation observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return new ExplanationSearch(Baseline, History.Operations, observed, KeepsAllRecords).Judge();
    }

    /// <summary>From here on the state is what was observed: what it does not show may never appear again.</summary>
    public void Accept(Observation observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        Baseline = observed;
        History = RemembersAllValues ? History.Continue() : History.ContinueFrom(observed);
    }
}
