namespace Persistence.Harness.Commands;

/// <summary>Says how a run comes along: one line kept up to date on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class ProgressLines : IDisposable
{
    private readonly Func<string> _describe;
    private readonly Timer _timer;
    private readonly bool _isTerminal = !Console.IsOutputRedirected;

    /// <param name="describe">How it stands, in one line.</param>
    private ProgressLines(Func<string> describe)
    {
        _describe = describe;
        TimeSpan interval = TimeSpan.FromSeconds(_isTerminal ? 0.5 : 5);
        _timer = new Timer(_ => Show(), null, interval, interval);
    }

    /// <summary>Runs something until it ends or is interrupted, and says meanwhile how it comes along.</summary>
    public static T Watch<T>(Func<string> describe, Func<CancellationToken, T> run, CancellationToken interrupted)
    {
        using ProgressLines progress = new(describe);
        return run(interrupted);
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
        string line = _describe();
        try
        {
            if (_isTerminal)
                Console.Write($"\r{line}\e[K");
            else
                Console.WriteLine(line);
        }
        catch (IOException)
        {
            // A full disk under the file they go to costs these lines, not the run.
        }
    }
}
