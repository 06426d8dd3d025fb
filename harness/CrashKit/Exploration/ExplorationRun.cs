using System.Diagnostics;

namespace Persistence.CrashKit.Exploration;

/// <summary>
/// Explores piece after piece on several threads and adds up what they find in the order of the pieces, so that a seed and a number of states
/// give the same counts on every machine.
/// </summary>
internal sealed class ExplorationRun
{
    private readonly int _failuresMax;
    private readonly Func<string, bool> _counts;
    private readonly object _lock = new();
    private readonly IExploration _exploration;
    private readonly ExplorationOptions _options;
    private readonly Stopwatch _watch = new();
    private readonly ExplorationFigures _figures = new();
    private readonly Dictionary<long, ExplorationFigures> _waiting = [];
    private long _nextPiece;
    private long _nextToAdd;
    private bool _isDone;
    private bool _wasInterrupted;
    private Exception? _failure;

    /// <param name="exploration">What to explore.</param>
    /// <param name="options">How far.</param>
    /// <param name="failuresMax">So many failures are enough.</param>
    /// <param name="counts">Whether a failure in a tier of that name counts; by default every one does.</param>
    public ExplorationRun(IExploration exploration, ExplorationOptions options, int failuresMax = 5, Func<string, bool>? counts = null)
    {
        ArgumentNullException.ThrowIfNull(exploration);
        ArgumentNullException.ThrowIfNull(options);
        _exploration = exploration;
        _options = options;
        _failuresMax = failuresMax;
        _counts = counts ?? (static _ => true);
    }

    /// <summary>How it stands.</summary>
    public ExplorationResult Result
    {
        get
        {
            lock (_lock)
            {
                ExplorationFigures figures = new();
                figures.Add(_figures, static _ => true);
                return new ExplorationResult(_exploration.Name, _options, figures, _watch.Elapsed, _isDone && figures.Failures.Count == 0 ? [.. _exploration.FindVacuity(figures)] : [])
                {
                    WasInterrupted = _wasInterrupted,
                };
            }
        }
    }

    /// <summary>Explores until the states are judged, the time is over, there is nothing left, or enough has failed.</summary>
    public ExplorationResult Run(CancellationToken interrupted)
    {
        _watch.Start();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        if (_options.Duration is TimeSpan duration)
            stop.CancelAfter(duration);
        Thread[] lanes = [.. Enumerable.Range(0, _options.Lanes).Select(lane => new Thread(() => Work(stop)) { IsBackground = true, Name = $"lane {lane}" })];
        foreach (Thread lane in lanes)
            lane.Start();
        foreach (Thread lane in lanes)
            lane.Join();
        _watch.Stop();
        if (_failure is not null)
            throw new InvalidOperationException($"The exploration itself failed: {_failure.Message}", _failure);
        lock (_lock)
        {
            // Time ran out: what was explored of the last pieces counts too.
            foreach (long piece in _waiting.Keys.Where(_ => !IsEnough).Order())
                _figures.Add(_waiting[piece], _counts);
            _wasInterrupted = interrupted.IsCancellationRequested && !IsEnough;
            _isDone = true;
        }

        return Result;
    }

    private void Work(CancellationTokenSource stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && TryTake(out long piece))
            {
                if (Add(piece, _exploration.Explore(piece, stop.Token)))
                    stop.Cancel();
            }
        }
#pragma warning disable CA1031 // It is thrown again by the thread that waits.
        catch (Exception e)
        {
            lock (_lock)
                _failure ??= e;
            stop.Cancel();
        }
#pragma warning restore CA1031
    }

    private bool TryTake(out long piece)
    {
        lock (_lock)
        {
            piece = _nextPiece;
            if (_exploration.PieceCount is long count && piece >= count)
                return false;
            _nextPiece++;
            return true;
        }
    }

    /// <returns>Whether that is enough.</returns>
    private bool Add(long piece, ExplorationFigures found)
    {
        lock (_lock)
        {
            _waiting.Add(piece, found);
            while (!IsEnough && _waiting.Remove(_nextToAdd, out ExplorationFigures? next))
            {
                _figures.Add(next, _counts);
                _nextToAdd++;
            }

            return IsEnough;
        }
    }

    private bool IsEnough => _figures.Distinct >= (_options.States ?? long.MaxValue) || _figures.Failures.Count >= _failuresMax;
}
