using Persistence.State;

namespace Persistence.Wal;

/// <summary>Where the log makes the name of its active segment durable before anything in it is acknowledged: ROOT.</summary>
internal interface IActiveSegmentRegistry
{
    /// <summary>Durable on return.</summary>
    /// <param name="header">The segment that takes the next frame.</param>
    /// <param name="durableFloor">Everything below is synced.</param>
    void Activate(SegmentHeader header, Lsn durableFloor);
}
