namespace Persistence.Platform;

/// <summary>
/// Where threads and waits come from. The engine starts no thread and blocks on nothing that did not come from here,
/// so that a simulation can run the unmodified engine one step at a time.
/// </summary>
public interface IScheduler
{
    /// <summary>Creates a lock with a condition, as <see cref="IGate"/> describes.</summary>
    IGate CreateGate();

    /// <summary>Starts <paramref name="body"/> on a thread of its own. An exception out of <paramref name="body"/> is a bug in the engine.</summary>
    /// <param name="name">A short name for debuggers and traces.</param>
    /// <param name="body">The work. It returns when its owner asks it to stop.</param>
    IWorker Start(string name, Action body);
}

/// <summary>A thread started by an <see cref="IScheduler"/>.</summary>
public interface IWorker
{
    /// <summary>Blocks until the body has returned.</summary>
    void Join();
}
