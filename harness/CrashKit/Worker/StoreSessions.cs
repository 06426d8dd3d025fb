using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;

namespace Persistence.CrashKit.Worker;

/// <summary>Opens stores.</summary>
internal static class StoreSessions
{
    private const int ObservationsMax = 16;

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

    /// <summary>What a store holds that nobody writes to, or somebody does.</summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="target">The earlier moment that is looked at, or null for now.</param>
    public static Observation ObserveReadOnly(StoreHost host, RecoveryTarget? target = null) => Observe(() =>
    {
        WorkloadStates states = new();
        using StoreSession reader = new(PersistenceStore.OpenReadOnly(host, states.All, target: target), states);
        return reader.Observe();
    });

    /// <summary>Takes a store back to an earlier moment, closes it, and tells what it holds.</summary>
    public static Observation GoBack(StoreHost host, StoreOptions options, RecoveryTarget target)
    {
        WorkloadStates states = new();
        using StoreSession session = new(PersistenceStore.Open(host, options, states.All, target: target), states);
        Observation held = session.Observe();
        session.Store.Close();
        return held;
    }

    /// <summary>What an open store holds.</summary>
    public static Observation Observe(StoreSession session) => Observe(session.Observe);

    /// <summary>A checkpoint in the background may let the oldest segments go just when they are to be read: then what is left is read.</summary>
    private static Observation Observe(Func<Observation> observe)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return observe();
            }
            catch (StoreException e) when (e.Error == StoreError.LogTruncated && attempt < ObservationsMax)
            {
                // Said above.
            }
        }
    }

    private static StoreSession Open(StoreHost host, StoreOptions options)
    {
        WorkloadStates states = new();
        return new StoreSession(PersistenceStore.Open(host, options, states.All), states);
    }
}
