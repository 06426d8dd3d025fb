using Persistence.Engine;
using Persistence.Entities;
using Persistence.State;

namespace Persistence.Tests.Entities;

/// <summary>What a store's log says of entities.</summary>
internal static class EntityLog
{
    /// <summary>All changes that are in the log, in its order.</summary>
    public static IEnumerable<EntityChange> Read(PersistenceStore store, EntitySchema? schema = null) =>
        store.ReadLog(Lsn.None).Where(static record => EntityChange.Is(record.Type)).Select(record => EntityChange.Read(record.Type, record.Version, record.Payload.Span, schema));
}
