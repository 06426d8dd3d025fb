using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Hosts;
using Persistence.CrashKit.Terminals.Work;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>Kills hosts of terminals and judges what their stores kept, in several lanes at once.</summary>
public sealed class TerminalRun
{
    private readonly TerminalRunOptions _options;
    private readonly TerminalFigures _figures = new();
    private readonly RunProcesses _processes = new();
    private RunBudget? _budget;

    /// <param name="options">What to do.</param>
    public TerminalRun(TerminalRunOptions options) => _options = options;

    /// <summary>How it stands. May be asked while it runs.</summary>
    public TerminalRunResult Result => _figures.ToResult(_options, _budget?.Elapsed ?? TimeSpan.Zero);

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellation">Ends the run at once, and all its processes: the figures are those until then, and are no verdict.</param>
    public TerminalRunResult Run(CancellationToken cancellation = default)
    {
        RunBudget budget = _budget = new RunBudget(_options.Run.Kills, _options.Run.Duration);
        using (cancellation.Register(Interrupt))
        {
            Thread[] threads = [.. Enumerable.Range(0, _options.Run.Lanes).Select(lane => new Thread(() => RunLane(budget, lane)) { Name = $"lane-{lane}" })];
            foreach (Thread thread in threads)
                thread.Start();
            foreach (Thread thread in threads)
                thread.Join();
        }

        return _figures.ToResult(_options, budget.Elapsed);
    }

    private void Interrupt()
    {
        _figures.Run.CouldNotRun(KillRun.Interrupted);
        _processes.KillAll();
    }

    private void RunLane(RunBudget budget, int lane)
    {
        try
        {
            new TerminalLane(_options, _figures, StartHost, budget, lane).Run();
        }
#pragma warning disable CA1031 // A lane that fails in a way nobody foresaw must not end the process before the other lanes and the report.
        catch (Exception e)
        {
            _figures.Run.CouldNotRun($"lane {lane}: {e}");
        }
#pragma warning restore CA1031
    }

    private IHostDialog StartHost(string directory, int epoch)
    {
        WorkerCommand command = _options.Run.Worker.With(["serve", directory, "--create", "--stdio"], [.. WorkerEnvironment.For(directory, _options.Run.Seed, epoch), .. HostVariables.All]);
        // It leads a group of its own: a signal to that of the harness is for the harness. Its programs lead sessions of theirs, and are not killed with it.
        HostDialog host = new(_processes.Start(command, hasChildren: true));
        return _options.IsEager ? new EagerDialog(host) : host;
    }
}
