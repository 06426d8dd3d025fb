using Persistence.Platform;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Combinations;

/// <summary>
/// Threads of which one runs at a time: the test's own until it blocks or lets time pass, then the others in turn until all wait. Time passes when it is told to, or when everybody waits for it.
/// So a run is the same each time.
/// </summary>
internal sealed class CooperativeScheduler : IScheduler
{
    private const int SwitchesMax = 2_000_000;

    private readonly ManualClock _clock;
    private readonly List<Strand> _strands = [];
    private readonly Strand _main = new();
    private Strand _current;
    private Exception? _failure;
    private int _switches;

    public CooperativeScheduler(ManualClock clock)
    {
        _clock = clock;
        _current = _main;
        _strands.Add(_main);
    }

    public IGate CreateGate() => new Gate(this);

    public IWorker Start(string name, Action body)
    {
        Strand strand = new();
        _strands.Add(strand);
        new Thread(() => Run(strand, body)) { IsBackground = true, Name = name }.Start();
        return new Worker(this, strand);
    }

    /// <summary>Lets so much time pass; whoever waits for a moment in it goes on at that moment.</summary>
    public void Pass(TimeSpan time)
    {
        long until = _clock.GetTimestamp() + time.Ticks;
        while (true)
        {
            RunOthers();
            long next = _strands.Where(strand => strand.IsBlocked).Select(strand => strand.Deadline).Append(until).Min();
            if (next > _clock.GetTimestamp())
                _clock.Advance(TimeSpan.FromTicks(next - _clock.GetTimestamp()));
            if (next >= until)
                break;
        }

        RunOthers();
    }

    private void RunOthers()
    {
        while (_strands.Find(strand => strand != _current && strand.CanRun(_clock.GetTimestamp())) is Strand other)
            SwitchTo(other);
    }

    private void Run(Strand strand, Action body)
    {
        strand.Wake.Wait();
        try
        {
            body();
        }
#pragma warning disable CA1031 // Whatever it is, the test fails with it.
        catch (Exception e)
        {
            _failure ??= e;
        }
#pragma warning restore CA1031
        strand.HasEnded = true;
        _strands.Remove(strand);
        WakeAll(strand);
        HandOver(Choose());
    }

    private void Block(object waitsFor, long deadline = long.MaxValue)
    {
        _current.WaitsFor = waitsFor;
        _current.Deadline = deadline;
        _current.IsBlocked = true;
        SwitchTo(Choose());
    }

    private void WakeAll(object waitsFor)
    {
        foreach (Strand strand in _strands.Where(strand => strand.IsBlocked && ReferenceEquals(strand.WaitsFor, waitsFor)))
        {
            strand.WaitsFor = null;
            strand.IsBlocked = false;
        }
    }

    /// <summary>The test's thread last: what it waits for is done first, and what it started gets its turn.</summary>
    private Strand Choose()
    {
        if (++_switches > SwitchesMax)
            throw new InvalidOperationException("It does not end.");
        while (true)
        {
            long now = _clock.GetTimestamp();
            if (_main.CanRun(now) && _current != _main)
                return _main;
            if (_strands.Find(strand => strand.CanRun(now)) is Strand next)
                return next;
            long earliest = _strands.Min(strand => strand.IsBlocked ? strand.Deadline : long.MaxValue);
            if (earliest == long.MaxValue)
                throw new InvalidOperationException("Everybody waits for ever.");
            _clock.Advance(TimeSpan.FromTicks(earliest - now));
        }
    }

    private void SwitchTo(Strand next)
    {
        Strand self = _current;
        if (next != self)
        {
            HandOver(next);
            self.Wake.Wait();
        }

        self.IsBlocked = false;
        if (_failure is Exception failure && self == _main)
        {
            _failure = null;
            throw new InvalidOperationException($"A thread failed: {failure}", failure);
        }
    }

    private void HandOver(Strand next)
    {
        _current = next;
        next.Wake.Release();
    }

    private sealed class Strand
    {
        public SemaphoreSlim Wake { get; } = new(0);

        public bool IsBlocked { get; set; }

        public bool HasEnded { get; set; }

        public object? WaitsFor { get; set; }

        public long Deadline { get; set; } = long.MaxValue;

        public bool CanRun(long now) => !HasEnded && (!IsBlocked || Deadline <= now);
    }

    private sealed class Worker(CooperativeScheduler scheduler, Strand strand) : IWorker
    {
        public void Join()
        {
            while (!strand.HasEnded)
                scheduler.Block(strand);
        }
    }

    private sealed class Gate(CooperativeScheduler scheduler) : IGate
    {
        private readonly object _pulse = new();
        private Strand? _owner;

        public void Enter()
        {
            while (_owner is not null)
            {
                if (_owner == scheduler._current)
                    throw new InvalidOperationException("A gate was entered twice by one thread.");
                scheduler.Block(this);
            }

            _owner = scheduler._current;
        }

        public void Exit()
        {
            _owner = null;
            scheduler.WakeAll(this);
        }

        public bool Wait(TimeSpan timeout)
        {
            Strand self = scheduler._current;
            Exit();
            scheduler.Block(_pulse, timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : scheduler._clock.GetTimestamp() + timeout.Ticks);
            bool isPulsed = self.WaitsFor is null;
            self.WaitsFor = null;
            Enter();
            return isPulsed;
        }

        public void PulseAll() => scheduler.WakeAll(_pulse);
    }
}
