namespace Persistence.CrashKit.Protocol;

/// <summary>One line from a worker.</summary>
public abstract record WorkerMessage;
