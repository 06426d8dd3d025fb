namespace Persistence.CrashKit.Worker;

/// <summary>What one writer thread does, operation after operation.</summary>
internal interface IWorkload
{
    /// <summary>The next operation.</summary>
    PlannedOperation Next();
}
