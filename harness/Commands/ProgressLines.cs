using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary>Says how a run comes along: one line kept up to date on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class ProgressLines : IDisposable
{
    private readonly KillRun _run;
    private readonly Timer _timer;
    private readonly bool _isTerminal = !Console.IsOutputRedirected;

    public ProgressLines(KillRun run)
    {
        _run = run;
        TimeSpan interval = TimeSpan.FromSeconds(_isTerminal ? 0.5 : 5);
        _timer = new Timer(_ => Show(), null, interval, interval);
    }

    public void Dispose()
    {
        using ManualResetEvent stopped = new(false);
        if (_timer.Dispose(stopped))
            stopped.WaitOne();
        if (_isTerminal)
            Console.Write("\r\e[K");
    }

    private void Show()
    {
        string line = VerdictLine.Progress(_run.Result);
        if (_isTerminal)
            Console.Write($"\r{line}\e[K");
        else
            Console.WriteLine(line);
    }
}
