using Persistence.Diagnostics;

namespace Persistence.Locking;

/// <summary>Another process, or another handle of this one, holds the store for writing.</summary>
public sealed class StoreLockedException : StoreException
{
    internal StoreLockedException(LockOwner? owner, int waitedMs)
        : base(StoreError.StoreLocked, Describe(owner, waitedMs))
    {
        Owner = owner;
        File = StoreLock.FileName;
    }

    /// <summary>The holder as it described itself, or null when that is not known.</summary>
    public LockOwner? Owner { get; }

    private static string Describe(LockOwner? owner, int waitedMs)
    {
        string holder = owner is null ? "an unknown process" : $"process {owner.ProcessId} on {owner.HostName}";
        string waited = waitedMs > 0 ? $" after waiting {waitedMs} ms" : "";
        return $"The store is open for writing by {holder}{waited}. Reading it is possible at any time.";
    }
}
