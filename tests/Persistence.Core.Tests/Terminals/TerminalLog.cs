using Persistence.Engine;
using Persistence.State;
using Persistence.Terminals;

namespace Persistence.Tests.Terminals;

/// <summary>What a store's log says of terminals.</summary>
internal static class TerminalLog
{
    /// <summary>All changes that are in the log, in its order.</summary>
    public static IEnumerable<TerminalChange> Read(PersistenceStore store) =>
        store.ReadLog(Lsn.None).Where(static record => TerminalChange.Is(record.Type)).Select(static record => TerminalChange.Read(record.Type, record.Version, record.Payload.Span));
}
