namespace Persistence.CrashKit.Mutants;

/// <summary>What of the harness has to catch a mutant.</summary>
public enum MutantTier
{
    /// <summary>Real processes, really killed.</summary>
    Kill,

    /// <summary>The states a power cut, or a kill at any boundary, may leave.</summary>
    PowerLoss,

    /// <summary>Operations that fail.</summary>
    Fault,

    /// <summary>Damaged files.</summary>
    Corruption,

    /// <summary>What comes after a crash: recovery cut short, more writing, the next crash; a store changing hands; readers beside a writer.</summary>
    Continue,
}
