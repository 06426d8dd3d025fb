using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>One writer's work on a simulated disk: what the disk was asked to do, and between which stamps each operation was begun and acknowledged.</summary>
internal sealed class RecordedRun
{
    private RecordedRun(DiskTrace trace, IReadOnlyList<PlannedOperation> operations, long[] begun, long[] acknowledged, StateDigest[] states, StoreOptions options)
    {
        Trace = trace;
        Operations = operations;
        Begun = begun;
        Acknowledged = acknowledged;
        States = states;
        Options = options;
    }

    public DiskTrace Trace { get; }

    public IReadOnlyList<PlannedOperation> Operations { get; }

    /// <summary>The stamp at which each operation was begun.</summary>
    public long[] Begun { get; }

    /// <summary>The stamp at which each was acknowledged.</summary>
    public long[] Acknowledged { get; }

    /// <summary>What the store holds after so many operations; one more than there are operations.</summary>
    public StateDigest[] States { get; }

    public StoreOptions Options { get; }

    /// <summary>Runs operations on a new store, whose creation is part of the trace.</summary>
    public static RecordedRun Record(IReadOnlyList<PlannedOperation> operations, StoreOptions options, long seed)
    {
        SimulatedFileSystem disk = new();
        TraceRecorder recorder = disk.StartRecording();
        StoreHost host = SimulatedHost.Create(disk, seed, boot: 0);
        KeyValueState keyValue = new();
        PersistenceStore.Create(host, options);
        using StoreSession session = new(PersistenceStore.Open(host, options, [keyValue]), keyValue);
        long[] begun = new long[operations.Count];
        long[] acknowledged = new long[operations.Count];
        StateDigest[] states = new StateDigest[operations.Count + 1];
        SimulatedModel model = new();
        states[0] = model.Digest;
        for (int i = 0; i < operations.Count; i++)
        {
            begun[i] = disk.Mark();
            session.Perform(operations[i]);
            acknowledged[i] = disk.Mark();
            model.Apply(operations[i]);
            states[i + 1] = model.Digest;
        }

        return new RecordedRun(recorder.ToTrace(), operations, begun, acknowledged, states, options);
    }

    /// <summary>So many operations were acknowledged before a cut.</summary>
    public int AcknowledgedBefore(long cut) => CountBelow(Acknowledged, cut);

    /// <summary>So many were begun.</summary>
    public int BegunBefore(long cut) => CountBelow(Begun, cut);

    private static int CountBelow(long[] stamps, long cut)
    {
        int found = Array.BinarySearch(stamps, cut);
        return found >= 0 ? found : ~found;
    }
}
