using Persistence.CrashKit.Simulation;
using Persistence.Platform;
using Xunit;

namespace Persistence.CrashKit.Tests.Simulation;

public sealed class ControlledSchedulerTests
{
    [Fact]
    public void A_seed_repeats_a_run_and_another_seed_makes_another()
    {
        Assert.Equal(Interleave(1), Interleave(1));
        Assert.True(Enumerable.Range(1, 20).Select(seed => Interleave(seed)).Distinct().Count() > 10);
    }

    [Fact]
    public void Only_one_thread_is_inside_a_gate()
    {
        ControlledScheduler scheduler = new(7, new SimulatedClock());
        int inside = 0;
        int most = 0;
        scheduler.Run(() =>
        {
            IGate gate = scheduler.CreateGate();
            Join([.. Enumerable.Range(0, 4).Select(_ => scheduler.Start("worker", () =>
            {
                for (int i = 0; i < 50; i++)
                {
                    gate.Enter();
                    most = Math.Max(most, ++inside);
                    scheduler.Step();
                    inside--;
                    gate.Exit();
                }
            }))]);
        });
        Assert.Equal(1, most);
    }

    [Fact]
    public void A_waiting_thread_is_woken_by_a_pulse_and_has_the_gate_again()
    {
        ControlledScheduler scheduler = new(3, new SimulatedClock());
        bool isReady = false;
        bool isPulsed = false;
        scheduler.Run(() =>
        {
            IGate gate = scheduler.CreateGate();
            IWorker waiter = scheduler.Start("waiter", () =>
            {
                gate.Enter();
                while (!isReady)
                    isPulsed = gate.Wait(Timeout.InfiniteTimeSpan);
                gate.Exit();
            });
            gate.Enter();
            isReady = true;
            gate.PulseAll();
            gate.Exit();
            waiter.Join();
        });
        Assert.True(isReady);
        _ = isPulsed;
    }

    [Fact]
    public void Time_passes_when_all_threads_wait()
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(3, clock);
        long started = clock.Ticks;
        bool isPulsed = true;
        scheduler.Run(() =>
        {
            IGate gate = scheduler.CreateGate();
            gate.Enter();
            isPulsed = gate.Wait(TimeSpan.FromHours(1));
            gate.Exit();
        });
        Assert.False(isPulsed);
        Assert.InRange(clock.Ticks - started, TimeSpan.FromHours(1).Ticks, TimeSpan.FromHours(2).Ticks);
    }

    [Fact]
    public void Threads_that_all_wait_for_ever_are_reported_by_name()
    {
        ControlledScheduler scheduler = new(3, new SimulatedClock());
        SimulationException error = Assert.Throws<SimulationException>(() => scheduler.Run(() =>
        {
            IGate gate = scheduler.CreateGate();
            scheduler.Start("sleeper", () =>
            {
                gate.Enter();
                gate.Wait(Timeout.InfiniteTimeSpan);
                gate.Exit();
            }).Join();
        }));
        Assert.Contains("wait for ever", error.Message, StringComparison.Ordinal);
        Assert.Contains("sleeper", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_fails_fails_the_run()
    {
        ControlledScheduler scheduler = new(3, new SimulatedClock());
        SimulationException error = Assert.Throws<SimulationException>(() => scheduler.Run(() => scheduler.Start("failing", () => throw new InvalidOperationException("on purpose")).Join()));
        Assert.Contains("on purpose", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_is_left_behind_is_reported()
    {
        ControlledScheduler scheduler = new(3, new SimulatedClock());
        IGate? gate = null;
        SimulationException error = Assert.Throws<SimulationException>(() => scheduler.Run(() =>
        {
            gate = scheduler.CreateGate();
            scheduler.Start("left", () =>
            {
                gate.Enter();
                gate.Wait(Timeout.InfiniteTimeSpan);
                gate.Exit();
            });
        }));
        Assert.Contains("left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_entered_twice_by_one_thread_is_a_mistake()
    {
        ControlledScheduler scheduler = new(3, new SimulatedClock());
        Assert.Throws<InvalidOperationException>(() => scheduler.Run(() =>
        {
            IGate gate = scheduler.CreateGate();
            gate.Enter();
            gate.Enter();
        }));
    }

    private static string Interleave(int seed)
    {
        ControlledScheduler scheduler = new(seed, new SimulatedClock());
        List<int> order = [];
        scheduler.Run(() => Join([.. Enumerable.Range(0, 3).Select(worker => scheduler.Start($"{worker}", () =>
        {
            for (int i = 0; i < 10; i++)
            {
                order.Add(worker);
                scheduler.Step();
            }
        }))]));
        return string.Join(' ', order);
    }

    private static void Join(IReadOnlyList<IWorker> workers)
    {
        foreach (IWorker worker in workers)
            worker.Join();
    }
}
