namespace Persistence.Storage.Simulated;

/// <summary>
/// Decides about each operation. Called before the operation, by the thread that wants it, several at a time when several
/// threads do.
/// </summary>
/// <returns>The failure to inject, or null to let the operation through.</returns>
public delegate InjectedFault? FaultInjector(in StorageOperation operation);
