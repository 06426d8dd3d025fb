namespace Persistence.State;

/// <summary>
/// The states of a store as they were at one moment: what was committed by then, whole, and nothing later. Reading waits for nobody and keeps nobody
/// waiting. While it is open, whatever is replaced or deleted stays in memory for it: dispose of it.
/// </summary>
public sealed class Snapshot : IDisposable
{
    private readonly SnapshotHorizon _horizon;
    private int _closed;

    internal Snapshot(SnapshotHorizon horizon, Lsn lsn)
    {
        _horizon = horizon;
        Lsn = lsn;
    }

    /// <summary>The last commit it shows.</summary>
    public Lsn Lsn { get; }

    /// <summary>Whether it was closed: nothing can be read by it any more.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Closes it. Twice is harmless.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            _horizon.Close(Lsn);
    }

    /// <summary>What a position means is known only to the store it is one of.</summary>
    /// <exception cref="ArgumentException">It shows the states of another store.</exception>
    internal void RequireOf(SnapshotHorizon horizon)
    {
        if (!ReferenceEquals(_horizon, horizon))
            throw new ArgumentException("The snapshot or transaction is of another store than the state.");
    }

    /// <summary>The position, for a state that is to be read by it.</summary>
    /// <param name="horizon">That of the store which the state is registered with now.</param>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    /// <exception cref="ArgumentException">It shows the states of another store.</exception>
    internal Lsn LsnFor(SnapshotHorizon horizon)
    {
        RequireOpen();
        RequireOf(horizon);
        return Lsn;
    }

    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    internal void RequireOpen() => ObjectDisposedException.ThrowIf(IsClosed, this);
}
