using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Terminals.Model;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>A run of the unmodified engine and pane host on a simulated disk, with scripted programs in the panes: what the disk was asked to do, and what was promised when.</summary>
internal sealed class RecordedTerminalRun
{
    private const int ProcessesPerEpoch = 10_000;

    private RecordedTerminalRun(TerminalRunPlan plan, RecordedTerminalRun? before, long beforeCut, int boot)
    {
        Plan = plan;
        Before = before;
        BeforeCut = beforeCut;
        Boot = boot;
        Epoch = before is null ? 0 : before.Epoch + 1;
    }

    public TerminalRunPlan Plan { get; }

    /// <summary>The run that left the disk, and where it was cut; null for an empty one.</summary>
    public RecordedTerminalRun? Before { get; }

    public long BeforeCut { get; }

    /// <summary>Which start of the machine it is.</summary>
    public int Boot { get; }

    /// <summary>Which start of the store it is.</summary>
    public int Epoch { get; }

    public TerminalHistory History { get; private set; } = null!;

    public DiskTrace Trace { get; private set; } = null!;

    public long FirstCut { get; private set; }

    /// <summary>Panes that were started again when it began.</summary>
    public int Restored { get; private set; }

    /// <summary>Bytes of output that were in checkpoints alone when it ended.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Runs a plan on an empty disk.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="wrap">Puts something between the engine and the disk, or null.</param>
    public static RecordedTerminalRun Record(TerminalRunPlan plan, Func<IFileSystem, IFileSystem>? wrap = null)
    {
        RecordedTerminalRun run = new(plan, null, 0, boot: 0);
        run.Record(
            step =>
            {
                SimulatedFileSystem disk = new();
                disk.StartRecording(step);
                return disk;
            },
            wrap);
        return run;
    }

    /// <summary>Goes on with what a cut left of this one.</summary>
    public RecordedTerminalRun GoOn(CrashState state, long cut, bool isKill, int operations)
    {
        RecordedTerminalRun run = new(Plan with { Operations = operations }, this, cut, isKill ? Boot : Boot + 1);
        run.Record(
            step =>
            {
                if (isKill)
                    return state.GoOn(Trace, cut, step);
                SimulatedFileSystem disk = state.ToFileSystem();
                disk.StartRecording(step);
                return disk;
            },
            wrap: null);
        return run;
    }

    /// <summary>By which run a store is judged after a cut: until it was opened again nobody had been told what it holds.</summary>
    public (RecordedTerminalRun Run, long Cut) WhoPromised(long cut) => cut <= History.OpenedAt && Before is not null ? Before.WhoPromised(BeforeCut) : (this, cut);

    /// <summary>The tree that a cut of this run has left, as the changes until then have made it.</summary>
    private TreeModel FindTree(TerminalTree found, long cut)
    {
        (RecordedTerminalRun judged, long until) = WhoPromised(cut);
        return judged.History.FindTree(found, until) ?? throw new SimulationException("The store is opened for good with another hierarchy than it was judged with.");
    }

    private void Record(Func<Action, SimulatedFileSystem> makeDisk, Func<IFileSystem, IFileSystem>? wrap)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(Mixer.Combine(Plan.Seed, Epoch), clock);
        SimulatedFileSystem disk = makeDisk(scheduler.Step);
        TraceRecorder recorder = disk.Recorder!;
        FirstCut = recorder.Mark();
        IFileSystem files = wrap?.Invoke(disk) ?? disk;
        StoreHost host = SimulatedHost.Create(files, scheduler, clock, Mixer.Combine(Plan.Seed, 1000 + Epoch), Boot);
        ScriptedPtySystem ptys = new(scheduler, clock, Mixer.Combine(Plan.Seed, 2000 + Epoch), (Epoch + 1) * ProcessesPerEpoch);
        scheduler.Run(() => Run(host, ptys, recorder.Mark));
        if (disk.OpenFiles.Count > 0)
            throw new SimulationException($"Files were left open: {string.Join(", ", disk.OpenFiles)}");
        Trace = recorder.ToTrace();
    }

    private void Run(StoreHost host, ScriptedPtySystem ptys, Func<long> mark)
    {
        if (Before is null)
            PersistenceStore.Create(host, Plan.Options);
        TerminalState state = new();
        using PersistenceStore store = PersistenceStore.Open(host, Plan.Options, [state]);
        History = new TerminalHistory(state, Before is null ? TreeModel.Empty : Before.FindTree(state.Tree, BeforeCut), ptys) { OpenedAt = mark() };
        using (PaneHost panes = new(state, ContextOf(host, ptys), () => Plan.Options))
        {
            Restored = panes.Restore().Count(static pane => pane.IsSpawned);
            new TerminalOperator(Plan, Epoch, store, panes, History, mark).Run();
            panes.Flush();
            RequireNoFailure(store, panes);
        }

        StoredBytes = state.Tree.Panes.Keys.Sum(pane => state.FindOutput(pane)!.StoredBytes);
        History.NoteOutput(state);
        store.Close();
        History.PromiseEverything(mark());
    }

    private static void RequireNoFailure(PersistenceStore store, PaneHost panes)
    {
        StoreStatus status = store.GetStatus();
        if ((panes.Failure ?? status.Degraded ?? status.CompactionFailure ?? status.ArchiveFailure) is Exception failure)
            throw new SimulationException($"Something failed without a fault: {failure.Message}");
    }

    private static PaneHostContext ContextOf(StoreHost host, ScriptedPtySystem ptys) => new()
    {
        Ptys = ptys,
        Scheduler = host.Scheduler,
        Clock = host.Clock,
        Process = host.Process,
        Environment = new Dictionary<string, string>(),
        IsProcessAlive = static (_, _) => false,
        CurrentDirectory = OperatingSystem.IsWindows() ? @"C:\" : "/",
    };
}
