namespace Persistence.CrashKit.Runs;

/// <summary>What the moment of a kill depends on.</summary>
internal enum KillMoment
{
    /// <summary>A random time after the workload started; the controller sends the signal.</summary>
    WhileRunning,

    /// <summary>A random time after the workload started, and with an operation in flight as far as the pipe says; the controller sends the signal.</summary>
    InFlight,

    /// <summary>A random time after the opening was asked for; the controller sends the signal.</summary>
    WhileOpening,

    /// <summary>A named point; the worker sends itself the signal.</summary>
    AtPoint,
}
