using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>From what a run begins.</summary>
internal sealed class RunStart
{
    private readonly Func<Action, SimulatedFileSystem> _makeDisk;

    private RunStart(Func<Action, SimulatedFileSystem> makeDisk) => _makeDisk = makeDisk;

    /// <summary>An empty disk.</summary>
    public static RunStart New { get; } = new(static step => Recorded(new SimulatedFileSystem(), step));

    public bool IsNew => Before is null;

    /// <summary>Which start of the machine it is: after a power cut another one, after a kill the same.</summary>
    public int Boot { get; private init; }

    /// <summary>Which start of the store it is.</summary>
    public int Epoch { get; private init; }

    /// <summary>The run that left the disk, and where it was cut; null for an empty one.</summary>
    public (RecordedRun Run, long Cut)? Before { get; private init; }

    /// <summary>What a power cut left.</summary>
    public static RunStart AfterPowerCut(RecordedRun run, CrashState state, long cut) => new(step => Recorded(state.ToFileSystem(), step))
    {
        Boot = run.Start.Boot + 1,
        Epoch = run.Start.Epoch + 1,
        Before = (run, cut),
    };

    /// <summary>What a kill left: all of it, whether it is on the medium or not.</summary>
    public static RunStart AfterKill(RecordedRun run, CrashState state, long cut) => new(step => state.GoOn(run.Trace, cut, step))
    {
        Boot = run.Start.Boot,
        Epoch = run.Start.Epoch + 1,
        Before = (run, cut),
    };

    /// <summary>One from which somebody else has begun: what happened from there on is known, and cannot be done again.</summary>
    public static RunStart Restored(int boot, int epoch, (RecordedRun Run, long Cut)? before) => new(static _ => throw new NotSupportedException("What has begun is not run again."))
    {
        Boot = boot,
        Epoch = epoch,
        Before = before,
    };

    /// <summary>The same disk, in the same trace, once the store was closed or given up.</summary>
    public static RunStart OnSameDisk(RecordedRun run, long cut) => Restored(run.Start.Boot, run.Start.Epoch + 1, (run, cut));

    public SimulatedFileSystem MakeDisk(Action step) => _makeDisk(step);

    private static SimulatedFileSystem Recorded(SimulatedFileSystem disk, Action step)
    {
        disk.StartRecording(step);
        return disk;
    }
}
