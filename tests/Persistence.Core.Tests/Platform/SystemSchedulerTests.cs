using Persistence.Platform;
using Xunit;

namespace Persistence.Tests.Platform;

public sealed class SystemSchedulerTests
{
    [Fact]
    public void A_wait_may_be_longer_than_a_monitor_takes()
    {
        IGate gate = SystemScheduler.Instance.CreateGate();
        gate.Enter();
        // It gets the gate, and pulses, no sooner than the wait has begun.
        IWorker other = SystemScheduler.Instance.Start("pulses", () =>
        {
            gate.Enter();
            gate.PulseAll();
            gate.Exit();
        });
        Assert.True(gate.Wait(TimeSpan.MaxValue));
        gate.Exit();
        other.Join();
    }
}
