namespace Persistence.Harness.Commands;

/// <summary>Says how a run comes along: one line kept up to date on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class ProgressLines : IDisposable
{
    private readonly Func<string> _line;
    private readonly Timer _timer;
    private readonly bool _isTerminal = !Console.IsOutputRedirected;

    public ProgressLines(Func<string> line)
    {
        _line = line;
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
        string line = _line();
        if (_isTerminal)
            Console.Write($"\r{line}\e[K");
        else
            Console.WriteLine(line);
    }
}
