namespace Persistence.Terminals.Pty.Posix;

/// <summary>What tells which descriptors are ready. All of it is called under its poller's lock, but <see cref="Wait"/> and <see cref="Interrupt"/>.</summary>
internal interface IDescriptorWait : IDisposable
{
    /// <summary>Takes in a terminal, of which nothing is asked for yet, and the end of its process.</summary>
    void Add(WatchedPty watched);

    /// <summary>Asks for what <see cref="WatchedPty.Armed"/> says from now on.</summary>
    /// <exception cref="Persistence.Diagnostics.StoreException">The system has no room for it.</exception>
    void Arm(WatchedPty watched);

    /// <summary>Forgets a terminal.</summary>
    void Remove(WatchedPty watched);

    /// <summary>Makes ready for a wait for all that is armed.</summary>
    void Prepare(IReadOnlyDictionary<long, WatchedPty> table);

    /// <summary>Waits until one of them is ready, the time is over, or somebody interrupts it; or for less than that.</summary>
    /// <param name="timeoutMs">-1: for ever.</param>
    void Wait(int timeoutMs);

    /// <summary>Notes in the table what the wait has found.</summary>
    void Collect(IReadOnlyDictionary<long, WatchedPty> table);

    /// <summary>Ends the wait that is under way, or the next one. From any thread.</summary>
    void Interrupt();
}
