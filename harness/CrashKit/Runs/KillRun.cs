using Persistence.CrashKit.Processes;

namespace Persistence.CrashKit.Runs;

/// <summary>Kills workers and judges what their stores kept, in several lanes at once.</summary>
public sealed class KillRun
{
    /// <summary>Why a run that was asked to end before its time has no verdict.</summary>
    internal const string Interrupted = "interrupted; the figures are those until then";

    private readonly KillRunOptions _options;
    private readonly KillRunFigures _figures = new();
    private readonly RunProcesses _processes = new();
    private RunBudget? _budget;

    /// <param name="options">What to do.</param>
    public KillRun(KillRunOptions options) => _options = options;

    /// <summary>How it stands. May be asked while it runs.</summary>
    public KillRunResult Result => _figures.ToResult(_options, _budget?.Elapsed ?? TimeSpan.Zero);

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellation">Ends the run at once, and all its processes: the figures are those until then, and are no verdict.</param>
    public KillRunResult Run(CancellationToken cancellation = default)
    {
        _budget = new RunBudget(_options.Kills, _options.Duration);
        using (cancellation.Register(Interrupt))
        {
            if (_options.Checker is not null)
                RunLanes(lane => new CheckerLane(_options, _processes, _budget, _figures, lane).Run());
            else if (_options.IsBuiltIn)
                RunWithPool(_budget);
            else
                RunLanes(lane => new KillLane(_options, StartForeign, _budget, _figures, lane).Run());
        }

        return _figures.ToResult(_options, _budget.Elapsed);
    }

    private void Interrupt()
    {
        _figures.CouldNotRun(Interrupted);
        _processes.KillAll();
    }

    private void RunWithPool(RunBudget budget)
    {
        using WorkerPool pool = new(() => _processes.Start(_options.Worker, hasChildren: false), spares: _options.Lanes + 1);
        RunLanes(lane => new KillLane(_options, (_, _) => pool.Take(), budget, _figures, lane).Run());
    }

    /// <summary>A program that is not ours is told by its environment, and started when it is needed: it may open its store at once.</summary>
    private ChildProcess StartForeign(string directory, int epoch)
    {
        Directory.CreateDirectory(directory);
        return _processes.Start(_options.Worker.With([], WorkerEnvironment.For(directory, _options.Seed, epoch)), hasChildren: true);
    }

    private void RunLanes(Action<int> run)
    {
        Thread[] threads = [.. Enumerable.Range(0, _options.Lanes).Select(lane => new Thread(() => RunLane(run, lane)) { Name = $"lane-{lane}" })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    private void RunLane(Action<int> run, int lane)
    {
        try
        {
            run(lane);
        }
#pragma warning disable CA1031 // A lane that fails in a way nobody foresaw must not end the process before the other lanes and the report.
        catch (Exception e)
        {
            _figures.CouldNotRun($"lane {lane}: {e}");
        }
#pragma warning restore CA1031
    }
}
