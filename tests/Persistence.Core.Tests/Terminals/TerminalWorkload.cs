using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Terminals;

/// <summary>
/// A fixed run of what terminals do, the same each time: output in chunks that are written into checkpoints, full and incremental, read from them, copied into the next and let go of; panes that go; limits; a reopening in the
/// middle. It knows the state after each of its steps from a run on a disk where nothing happens.
/// </summary>
internal sealed class TerminalWorkload
{
    public static readonly StoreOptions Options = TerminalStore.Increments with { SegmentBytes = 32 << 10, CheckpointsRetained = 1, CheckpointIncrementsMax = 2 };

    private static readonly byte[] Noise = MakeNoise();
    private static readonly Action<TerminalWorkload>[] Steps =
    [
        static run => run._sample = TerminalSample.Add(run._store!),
        static run => run.Write(run._sample.Left, 0, 50_000),
        static run => run.Write(run._sample.Left, 50_000, 40_000),
        static run => run._store!.Write(run._sample.Right, "one line\n"),
        static run => run.Checkpoint(CheckpointKind.Full),
        static run => run.Write(run._sample.Left, 90_000, 50_000),
        static run => run._store!.Change(batch => batch.SetPaneState(run._sample.Left, PaneState.Exited(1, 0, null))),
        static run => run.Checkpoint(CheckpointKind.Incremental),
        static run => run.Write(run._sample.Right, 10_000, 70_000),
        static run => run.Checkpoint(CheckpointKind.Incremental),
        static run => run.Reopen(),
        static run => run._store!.Change(batch => batch.SetScrollbackLimits(new ScrollbackLimits(0, 40_000))),
        static run => run.Checkpoint(CheckpointKind.Full),
        static run => run._store!.Change(batch =>
        {
            batch.DestroyPane(run._sample.Right);
            batch.AppendOutput(run._sample.Left, "after\n"u8);
        }),
        static run => run.Write(run._sample.Left, 0, 70_000),
        static run => run.Checkpoint(CheckpointKind.Full),
        static run => run._store!.Store.Close(),
    ];

    /// <summary>The states before the first step and after each; some leave it as it is.</summary>
    public static readonly IReadOnlyList<string> AllStates = FindStates();

    private readonly IFileSystem _files;
    private TerminalStore? _store;
    private TerminalSample _sample = null!;

    private TerminalWorkload(IFileSystem files) => _files = files;

    /// <summary>Makes the store, which has no state yet.</summary>
    public static TerminalWorkload Create(IFileSystem files)
    {
        TerminalWorkload workload = new(files);
        workload._store = TerminalStore.Create(TestStore.DeterministicHostFor(files), Options);
        return workload;
    }

    /// <summary>Takes one step after the other; <paramref name="taken"/> is told how many were, before each and at the end.</summary>
    public void Run(Action<int> begins, Action<int> taken)
    {
        for (int i = 0; i < Steps.Length; i++)
        {
            begins(i);
            Steps[i](this);
            taken(i + 1);
        }
    }

    /// <summary>As a process that is killed would: the lock is free, and nothing more is written.</summary>
    public void Abandon() => _store!.Dispose();

    private static List<string> FindStates()
    {
        TerminalWorkload workload = Create(new SimulatedFileSystem());
        List<string> states = [workload._store!.Dump()];
        workload.Run(static _ => { }, _ => states.Add(workload._store.Store.IsClosed ? states[^1] : workload._store.Dump()));
        return states;
    }

    private static byte[] MakeNoise()
    {
        byte[] noise = new byte[150_000];
        new Random(11).NextBytes(noise);
        return noise;
    }

    private void Write(PaneId pane, int offset, int count) => _store!.Write(pane, Noise.AsSpan(offset, count));

    private void Checkpoint(CheckpointKind kind) => _store!.Store.TakeCheckpoint(new CheckpointRequest { Kind = kind });

    private void Reopen()
    {
        _store!.Store.Close();
        _store = TerminalStore.Open(TestStore.DeterministicHostFor(_files, seed: 5), Options);
    }
}
