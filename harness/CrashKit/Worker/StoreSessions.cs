using Persistence.Configuration;
using Persistence.CrashKit.Protocol;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;

namespace Persistence.CrashKit.Worker;

/// <summary>Opens stores.</summary>
internal static class StoreSessions
{
    /// <summary>Opens a store for writing; creates it, or completes its creation, where there is none.</summary>
    public static StoreSession OpenOrCreate(StoreHost host, StoreOptions options, KillTrigger? trigger = null)
    {
        trigger?.Enter(WorkerPhase.Opening);
        try
        {
            return Open(host, options);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound)
        {
            trigger?.Enter(WorkerPhase.Creating);
            PersistenceStore.Create(host, options);
            return Open(host, options);
        }
    }

    /// <summary>Looks at a store that nobody writes to, or somebody does.</summary>
    public static StoreSession OpenReadOnly(StoreHost host)
    {
        KeyValueState keyValue = new();
        return new StoreSession(PersistenceStore.OpenReadOnly(host, [keyValue]), keyValue);
    }

    private static StoreSession Open(StoreHost host, StoreOptions options)
    {
        KeyValueState keyValue = new();
        return new StoreSession(PersistenceStore.Open(host, options, [keyValue]), keyValue);
    }
}
