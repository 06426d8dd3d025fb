namespace Persistence.CrashKit.Processes;

/// <summary>A worker did not do what it had to: no answer about the store can be given.</summary>
internal sealed class WorkerFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
