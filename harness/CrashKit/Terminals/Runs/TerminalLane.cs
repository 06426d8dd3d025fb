using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Hosts;
using Persistence.CrashKit.Terminals.Work;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>
/// One store after another: a host opens it, restores the panes, is given requests one behind the other over one connection, and is killed; then the store is judged; and again. At the end of a store's life
/// its host closes it, twice, and that is judged too.
/// </summary>
internal sealed class TerminalLane
{
    private const int AnswersMax = 80;
    private const int AnswersLong = 600;
    private const int OpeningMsMax = 250;
    private const int ClosingMsMax = 40;

    private readonly TerminalRunOptions _options;
    private readonly TerminalFigures _figures;
    private readonly Func<string, int, IHostDialog> _start;
    private readonly RunBudget _budget;
    private readonly int _lane;
    private readonly long _seed;
    private readonly Random _random;

    /// <param name="options">What to do.</param>
    /// <param name="figures">Where results go.</param>
    /// <param name="start">Starts a host for a directory; how often that was done before.</param>
    /// <param name="budget">How much.</param>
    /// <param name="lane">Which lane this is.</param>
    public TerminalLane(TerminalRunOptions options, TerminalFigures figures, Func<string, int, IHostDialog> start, RunBudget budget, int lane)
    {
        _options = options;
        _figures = figures;
        _start = start;
        _budget = budget;
        _lane = lane;
        _seed = Mixer.Combine(options.Run.Seed, lane);
        _random = new Random(Mixer.Fold(Mixer.Combine(_seed, -2)));
    }

    /// <summary>Runs until the budget is used up or something is found, here or in another lane.</summary>
    public void Run()
    {
        try
        {
            for (int store = 0; !_figures.Run.HasStopped && _budget.TryTakeKill(); store++)
                LiveThrough(store);
        }
        catch (Exception e) when (e is WorkerFailedException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            _figures.Run.CouldNotRun($"{e.Message} (lane {_lane})");
        }
    }

    private void LiveThrough(int number)
    {
        HostedStore store = new(_options, _figures, Path.Combine(_options.Run.Directory, $"lane-{_lane}-store-{number}"), Mixer.Combine(_seed, number), _start);
        _figures.Run.AddStore();
        try
        {
            int kills = 0;
            do
                KillOnce(store);
            while (++kills < _options.Run.KillsPerStore && !_figures.Run.HasStopped && _budget.TryTakeKill());
            if (_figures.Run.HasStopped)
                return;
            CloseTwice(store);
            store.End();
        }
        catch (ConvictedException e)
        {
            Convict(store, e.Discrepancies);
        }
        finally
        {
            store.BuryPrograms();
        }
    }

    private void KillOnce(HostedStore store)
    {
        while (!TryKill(store))
        {
            // It was quicker to close.
        }
    }

    /// <returns>False when the host had closed the store before it was killed.</returns>
    private bool TryKill(HostedStore store)
    {
        using IHostDialog host = store.Begin();
        int draw = _random.Next(100);
        if (draw < 8)
            return Kill(store, host, Opening);
        if (draw < 18)
            return Kill(store, host, Restoring);
        store.HearOpening(host);
        store.RequireAnswers(host);
        store.Work(host, _random.Next(_random.Next(10) == 0 ? AnswersLong : AnswersMax));
        if (draw < 24)
            return TryKillWhileClosing(store, host);
        if (draw < 34)
            KillProgramThenWork(store, host);
        host.Kill();
        store.Bury(host, wasRunning: true);
        Judge(store, HostEnd.Killed);
        return true;
    }

    private bool Kill(HostedStore store, IHostDialog host, Action<HostedStore, IHostDialog> wait)
    {
        wait(store, host);
        host.Kill();
        store.Bury(host, wasRunning: false);
        Judge(store, HostEnd.Killed);
        return true;
    }

    private void Opening(HostedStore store, IHostDialog host)
    {
        host.WaitForExit(Milliseconds(OpeningMsMax));
        _figures.Add(nameof(TerminalRunResult.KillsWhileOpening));
    }

    private void Restoring(HostedStore store, IHostDialog host)
    {
        int panes = TerminalWorkload.Sessions * TerminalWorkload.WindowsOfSession * TerminalWorkload.PanesOfWindow;
        store.HearOpening(host, _random.Next(panes));
        _figures.Add(nameof(TerminalRunResult.KillsWhileRestoring));
    }

    private void KillProgramThenWork(HostedStore store, IHostDialog host)
    {
        store.KillProgram();
        store.Work(host, _random.Next(AnswersMax));
    }

    private bool TryKillWhileClosing(HostedStore store, IHostDialog host)
    {
        store.BeginClose(host, bySignal: true);
        if (host.WaitForExit(Milliseconds(ClosingMsMax)))
        {
            store.BuryClosed(host);
            Judge(store, HostEnd.Closed);
            return false;
        }

        host.Kill();
        if (host.WaitForExit(_options.Run.AnswerTime) && !host.WasKilled)
        {
            store.BuryClosed(host);
            Judge(store, HostEnd.Closed);
            return false;
        }

        store.Bury(host, wasRunning: true);
        Judge(store, HostEnd.KilledWhileClosing);
        return true;
    }

    private void Judge(HostedStore store, HostEnd end)
    {
        store.Judge(end);
        if (_random.Next(6) == 0)
            store.LoseDirectory();
    }

    private static void CloseTwice(HostedStore store)
    {
        using (IHostDialog host = store.Begin())
        {
            store.HearOpening(host);
            store.RequireAnswers(host);
            store.Work(host, AnswersMax);
            store.Quiesce(host);
            store.Work(host, AnswersMax);
            Close(store, host, bySignal: true);
        }

        using IHostDialog last = store.Begin();
        store.HearOpening(last);
        store.RequireAnswers(last);
        Close(store, last, bySignal: false);
    }

    private static void Close(HostedStore store, IHostDialog host, bool bySignal)
    {
        store.BeginClose(host, bySignal);
        store.BuryClosed(host);
        store.Judge(HostEnd.Closed);
    }

    private void Convict(HostedStore store, IReadOnlyList<Discrepancy> discrepancies)
    {
        string circumstances = $"Seed {_options.Run.Seed}, lane {_lane}, workload {_options.Run.Workload}, durability {_options.Run.Durability}, mutant {_options.Run.Mutant ?? "none"}, store {store.Directory}";
        string? file = store.WriteEvidence(circumstances, discrepancies);
        foreach (Discrepancy discrepancy in discrepancies)
            _figures.Run.Add(new Failure(discrepancy, store.Directory, file));
    }

    private TimeSpan Milliseconds(int most) => TimeSpan.FromMilliseconds(_random.NextDouble() * most);
}
