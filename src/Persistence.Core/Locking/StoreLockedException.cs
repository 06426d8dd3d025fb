using Persistence.Diagnostics;

namespace Persistence.Locking;

/// <summary>
/// Another process, or another handle of this one, holds the store for writing, or comes first. <see cref="StoreError.StoreLocked"/> when nobody
/// waited, <see cref="StoreError.LockTimeout"/> when a wait ran out.
/// </summary>
public sealed class StoreLockedException : StoreException
{
    private const string ReadingIsPossible = "Reading it is possible at any time.";

    private StoreLockedException(StoreError error, LockOwner? owner, string message)
        : base(error, message)
    {
        Owner = owner;
        File = StoreLock.FileName;
    }

    /// <summary>The holder as it described itself, or null when that is not known.</summary>
    public LockOwner? Owner { get; }

    /// <summary>For somebody who did not want to wait.</summary>
    internal static StoreLockedException Held(LockOwner? owner) =>
        new(StoreError.StoreLocked, owner, $"The store is open for writing by {Describe(owner)}. {ReadingIsPossible}");

    /// <summary>For the same where the store is about to be taken by others.</summary>
    internal static StoreLockedException OthersComeFirst() =>
        new(StoreError.StoreLocked, null, $"Others wait to open the store for writing, and come first. {ReadingIsPossible}");

    /// <summary>For somebody who waited in vain.</summary>
    internal static StoreLockedException TimedOut(LockOwner? owner, int waitedMs, int ahead) => new(
        StoreError.LockTimeout,
        owner,
        $"The store is open for writing by {Describe(owner)}, and was not to be had within {waitedMs} ms{DescribeQueue(ahead)}. {ReadingIsPossible}");

    private static string Describe(LockOwner? owner) => owner is null ? "an unknown process" : $"process {owner.ProcessId} on {owner.HostName}";

    private static string DescribeQueue(int ahead) => ahead switch
    {
        0 => "",
        1 => "; one more waited before this one",
        _ => $"; {ahead} more waited before this one",
    };
}
