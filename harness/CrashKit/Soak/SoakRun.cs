using System.Diagnostics;
using Persistence.CrashKit.Processes;

namespace Persistence.CrashKit.Soak;

/// <summary>Lets workers write to one store for long, with rare restarts, and judges what it keeps and whether anything grows.</summary>
public sealed class SoakRun
{
    private readonly SoakOptions _options;
    private readonly SoakFigures _figures;
    private readonly Stopwatch _watch = new();

    /// <param name="options">What to do.</param>
    public SoakRun(SoakOptions options)
    {
        _options = options;
        _figures = new SoakFigures(options);
    }

    /// <summary>How it stands. May be asked while it runs.</summary>
    public SoakResult Result => _figures.ToResult(_watch.Elapsed);

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellation">Ends the run before its time: the store is closed and judged as at the end of every run.</param>
    public SoakResult Run(CancellationToken cancellation = default)
    {
        _watch.Start();
        RunProcesses processes = new();
        try
        {
            new SoakLane(_options, (_, _) => processes.Start(_options.Run.Worker, hasChildren: false), _figures, cancellation).Run();
        }
#pragma warning disable CA1031 // What nobody foresaw must not cost the report of the hours before it.
        catch (Exception e)
        {
            _figures.Run.CouldNotRun(e.ToString());
        }
#pragma warning restore CA1031
        finally
        {
            processes.KillAll();
        }

        _watch.Stop();
        return Result;
    }
}
