namespace Persistence.CrashKit.Protocol;

/// <summary>What a worker is doing.</summary>
internal enum WorkerPhase
{
    /// <summary>Nothing with a store yet.</summary>
    Waiting,

    /// <summary>Creating a store.</summary>
    Creating,

    /// <summary>Opening one, recovery included.</summary>
    Opening,

    /// <summary>Running a workload.</summary>
    Running,
}
