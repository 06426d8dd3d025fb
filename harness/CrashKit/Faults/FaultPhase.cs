namespace Persistence.CrashKit.Faults;

/// <summary>What a store is about when a fault befalls it.</summary>
internal enum FaultPhase
{
    /// <summary>It is being created.</summary>
    Creation,

    /// <summary>It is opened for the first time.</summary>
    Opening,

    /// <summary>It is recovered from what a crash left.</summary>
    Recovery,

    /// <summary>It is written to.</summary>
    Work,

    /// <summary>It is closed.</summary>
    Close,

    /// <summary>It is opened, written to and closed once more.</summary>
    Reopening,
}
