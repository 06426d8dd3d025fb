namespace Persistence.State;

/// <summary>Which state model a record or a checkpoint section belongs to. On disk, never change.</summary>
public enum StateModelId : byte
{
    /// <summary>The engine's own records (checkpoint markers).</summary>
    Engine = 0,

    /// <summary>Application records: they live in the log alone and have no state.</summary>
    Application = 1,

    /// <summary>Key-value state.</summary>
    KeyValue = 2,

    /// <summary>Terminal sessions.</summary>
    Terminals = 3,

    /// <summary>Entities and components.</summary>
    Entities = 4,

    /// <summary>Files that are written and deleted by transactions.</summary>
    Files = 5,
}
