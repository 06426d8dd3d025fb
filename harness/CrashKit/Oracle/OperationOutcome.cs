namespace Persistence.CrashKit.Oracle;

/// <summary>What the worker last said about an operation.</summary>
public enum OperationOutcome
{
    /// <summary>Sent, and nothing heard since: it may have happened or not.</summary>
    Pending,

    /// <summary>Acknowledged.</summary>
    Acknowledged,

    /// <summary>Failed, and the store promises that it did not happen.</summary>
    FailedForCertain,

    /// <summary>Failed, and may have happened all the same.</summary>
    FailedPerhaps,
}
