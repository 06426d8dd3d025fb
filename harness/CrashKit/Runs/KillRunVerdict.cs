namespace Persistence.CrashKit.Runs;

/// <summary>A run's answer; the number is the process's exit code.</summary>
public enum KillRunVerdict
{
    /// <summary>Nothing wrong, and it was tested.</summary>
    Passed = 0,

    /// <summary>The store broke a promise.</summary>
    Convicted = 1,

    /// <summary>No answer.</summary>
    CouldNotRun = 2,

    /// <summary>Nothing wrong, and too little was tested for that to mean anything.</summary>
    Vacuous = 3,
}
