namespace Persistence.Storage.Simulated;

/// <summary>A failure to inject. By default nothing of the operation is carried out.</summary>
/// <param name="Fault">What the file system is to answer.</param>
public readonly record struct InjectedFault(StorageFault Fault)
{
    /// <summary>For a write: how many bytes are written before it fails.</summary>
    public int PrefixBytes { get; init; }

    /// <summary>For a write: it is reported as done and never is.</summary>
    public bool IsLost { get; init; }

    /// <summary>For a write: it is reported as done, and was done here instead.</summary>
    public Misdirection? LandsAt { get; init; }

    /// <summary>The operation is carried out, and reported as failed all the same.</summary>
    public bool IsAfterTheFact { get; init; }
}
