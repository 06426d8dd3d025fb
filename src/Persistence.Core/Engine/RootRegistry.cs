using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Names the log's active segment in ROOT.</summary>
internal sealed class RootRegistry(RootFile root) : IActiveSegmentRegistry
{
    public void Activate(SegmentHeader header, Lsn durableFloor) => root.Update(record => record with
    {
        ActiveSequence = header.Sequence,
        ActiveFirstLsn = header.FirstLsn,
        ActiveSalt = header.Salt,
        DurableFloor = Lsn.Later(record.DurableFloor, durableFloor),
    });
}
