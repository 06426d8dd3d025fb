using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;

namespace Persistence.Repair;

/// <summary>What is to be repaired, and how.</summary>
public sealed record RepairRequest
{
    /// <summary>How.</summary>
    public required RepairMode Mode { get; init; }

    /// <summary>Makes the states that a store holds, anew with each call: every model that has records or checkpoint items in it.</summary>
    public required Func<IEnumerable<IStateModel>> Models { get; init; }

    /// <summary>Only say what would be done; nothing is changed.</summary>
    public bool IsPlan { get; init; }

    /// <summary>Of a salvage: the outside world of the new store, an empty directory. Needed unless it is only planned.</summary>
    public StoreHost? Destination { get; init; }

    /// <summary>Of a salvage: how the new store's first files are made.</summary>
    public StoreOptions Options { get; init; } = new();

    /// <summary>What the caller says of single keys of the damaged store's configuration; of a salvage nothing of it is used.</summary>
    public OptionOverrides? Given { get; init; }

    /// <summary>Told how it comes along, or null; throwing from it ends it.</summary>
    public Action<RecoveryProgress>? Progress { get; init; }
}
