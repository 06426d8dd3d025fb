using Persistence.Platform;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// Runs a program of several threads one step at a time: only one of them goes on at any moment, and a seed decides which. Switches happen where
/// threads meet (gates, joins), where they look at files and where <see cref="Step"/> is called; time passes when all wait, and now and then
/// before. So a seed repeats a run exactly, whatever the machine does meanwhile.
/// </summary>
internal sealed class ControlledScheduler(long seed, SimulatedClock clock) : IScheduler
{
    private const int SwitchOneIn = 3;
    private const int TimePassesOneIn = 64;

    private const int SwitchesMax = 5_000_000;

    private readonly List<Strand> _strands = [];
    private readonly SimulatedRandom _random = new(seed);
    private Strand? _current;
    private Exception? _failure;
    private bool _isAborted;
    private int _switches;

    /// <summary>Runs <paramref name="body"/> as the first thread, on the caller's own, until it returns. By then every thread it started must have ended.</summary>
    /// <exception cref="SimulationException">A thread failed, all wait for ever, some were left, or it does not end.</exception>
    public void Run(Action body)
    {
        Strand main = new("main");
        _strands.Add(main);
        _current = main;
        try
        {
            body();
            if (_strands.Exists(strand => strand != main && strand.State != StrandState.Ended))
                throw Abort(new SimulationException($"Threads were left behind: {Describe()}"));
        }
        catch (Exception e)
        {
            Abort(e);
            // What came first is the reason; that the others were given up is not.
            if (ReferenceEquals(_failure, e))
                throw;
            throw _failure as SimulationException ?? new SimulationException(_failure!.ToString());
        }
        finally
        {
            _current = null;
        }
    }

    public IGate CreateGate() => new ControlledGate(this);

    public IWorker Start(string name, Action body)
    {
        Strand strand = new(name);
        Thread thread = new(() => RunStrand(strand, body)) { IsBackground = true, Name = name };
        _strands.Add(strand);
        thread.Start();
        return new StrandWorker(this, strand);
    }

    /// <summary>Lets another thread go on, perhaps.</summary>
    public void Step()
    {
        if (_current is null)
            return;
        if (Draw(TimePassesOneIn) == 0)
            PassTime();
        if (Draw(SwitchOneIn) == 0)
            Switch();
    }

    /// <summary>Lets others go on until so much time has passed.</summary>
    public void Sleep(TimeSpan time)
    {
        Strand self = _current!;
        self.Deadline = clock.Ticks + time.Ticks;
        Block(self);
        self.WaitsFor = null;
        self.Deadline = long.MaxValue;
    }

    /// <summary>Goes on once <paramref name="condition"/>, which another thread makes true, holds.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        while (!condition())
        {
            Strand self = _current!;
            self.State = StrandState.Blocked;
            self.Condition = condition;
            Switch();
            self.Condition = null;
        }
    }

    private void RunStrand(Strand strand, Action body)
    {
        strand.Wake.Wait();
        try
        {
            if (!_isAborted)
                body();
        }
#pragma warning disable CA1031 // Whatever it is, it is the run's outcome.
        catch (Exception e)
        {
            _failure ??= e;
        }
#pragma warning restore CA1031
        strand.State = StrandState.Ended;
        if (_isAborted)
            return;
        if (_failure is not null)
            Abort(_failure);
        else
            HandOver(Choose());
    }

    private void Switch()
    {
        Strand self = _current!;
        Strand next = Choose();
        if (next != self)
        {
            HandOver(next);
            self.Wake.Wait();
        }

        if (_isAborted)
            throw new SimulationException("The run was given up.");
    }

    private void HandOver(Strand next)
    {
        _current = next;
        next.Wake.Release();
    }

    private Strand Choose()
    {
        if (++_switches > SwitchesMax)
            throw Abort(new SimulationException($"It does not end: {Describe()}"));
        while (true)
        {
            List<Strand> runnable = _strands.FindAll(strand => strand.IsRunnable(clock.Ticks));
            if (runnable.Count > 0)
            {
                Strand chosen = runnable[Draw(runnable.Count)];
                chosen.State = StrandState.Runnable;
                return chosen;
            }

            if (!PassTime())
                throw Abort(new SimulationException($"All threads wait for ever: {Describe()}"));
        }
    }

    /// <summary>Moves the clock to the moment the first waiting thread waits for.</summary>
    private bool PassTime()
    {
        long earliest = long.MaxValue;
        foreach (Strand strand in _strands)
        {
            if (strand.State == StrandState.Blocked)
                earliest = Math.Min(earliest, strand.Deadline);
        }

        if (earliest == long.MaxValue)
            return false;
        clock.MoveTo(earliest);
        return true;
    }

    private Exception Abort(Exception failure)
    {
        _failure ??= failure;
        _isAborted = true;
        foreach (Strand strand in _strands)
            strand.Wake.Release();
        return failure;
    }

    private string Describe() => string.Join(", ", _strands.Select(strand => $"{strand.Name} {strand.State}"));

    private int Draw(int below) => _random.Next(below);

    private enum StrandState
    {
        Runnable,
        Blocked,
        Ended,
    }

    private sealed class Strand(string name)
    {
        public string Name => name;

        public SemaphoreSlim Wake { get; } = new(0);

        public StrandState State { get; set; }

        /// <summary>What it waits to be woken for, or null.</summary>
        public object? WaitsFor { get; set; }

        public long Deadline { get; set; } = long.MaxValue;

        public Func<bool>? Condition { get; set; }

        public bool IsRunnable(long now) => State == StrandState.Runnable || (State == StrandState.Blocked && (Deadline <= now || Condition?.Invoke() == true));
    }

    private sealed class StrandWorker(ControlledScheduler scheduler, Strand strand) : IWorker
    {
        public void Join() => scheduler.WaitUntil(() => strand.State == StrandState.Ended);
    }

    private sealed class ControlledGate(ControlledScheduler scheduler) : IGate
    {
        private readonly object _pulse = new();
        private Strand? _owner;

        public void Enter()
        {
            scheduler.Step();
            Take();
        }

        public void Exit()
        {
            _owner = null;
            scheduler.Wake(this);
            scheduler.Step();
        }

        public bool Wait(TimeSpan timeout)
        {
            Strand self = scheduler._current!;
            _owner = null;
            scheduler.Wake(this);
            long deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : scheduler.Now + timeout.Ticks;
            self.Deadline = deadline;
            scheduler.Block(_pulse);
            bool isPulsed = self.WaitsFor is null;
            self.WaitsFor = null;
            self.Deadline = long.MaxValue;
            Take();
            return isPulsed;
        }

        public void PulseAll() => scheduler.Wake(_pulse);

        private void Take()
        {
            while (_owner is not null)
            {
                if (_owner == scheduler._current)
                    throw new InvalidOperationException("A gate was entered twice by one thread.");
                scheduler.Block(this);
            }

            _owner = scheduler._current;
        }
    }

    private long Now => clock.Ticks;

    private void Block(object waitsFor)
    {
        Strand self = _current!;
        self.State = StrandState.Blocked;
        self.WaitsFor = waitsFor;
        Switch();
    }

    private void Wake(object waitsFor)
    {
        foreach (Strand strand in _strands)
        {
            if (strand.State == StrandState.Blocked && ReferenceEquals(strand.WaitsFor, waitsFor))
            {
                strand.WaitsFor = null;
                strand.State = StrandState.Runnable;
            }
        }
    }
}
