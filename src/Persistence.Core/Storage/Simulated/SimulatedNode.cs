namespace Persistence.Storage.Simulated;

/// <summary>What a name in the simulation stands for.</summary>
internal abstract class SimulatedNode
{
    public abstract FileEntryKind Kind { get; }
}
