namespace Persistence.Repair;

/// <summary>How a damaged store is to be made usable.</summary>
public enum RepairMode
{
    /// <summary>The log ends where its newest segment is damaged, as <see cref="Recovery.RecoveryMode.TolerateTail"/> has it.</summary>
    TolerateTail,

    /// <summary>Files that are damaged, or another store's, and that the state does not need are moved to quarantine.</summary>
    Quarantine,

    /// <summary>Everything that can be read goes into a new store; the damaged one is left as it is.</summary>
    Salvage,
}
