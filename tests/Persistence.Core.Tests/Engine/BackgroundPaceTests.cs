using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>When work in the background rests, and for how long.</summary>
public sealed class BackgroundPaceTests
{
    private readonly ManualClock _clock = new();
    private readonly CountingGates _gates;
    private readonly BackgroundPace _pace;
    private long _commits;

    public BackgroundPaceTests()
    {
        _gates = new CountingGates(_clock);
        _pace = new BackgroundPace(TestStore.HostFor(new SimulatedFileSystem()) with { Clock = _clock, Scheduler = _gates }, () => _commits);
        _pace.Begin();
    }

    [Fact]
    public void Without_commits_it_goes_on_at_once()
    {
        for (int i = 0; i < 100; i++)
            Work(5);
        Assert.Empty(_gates.Waits);
    }

    [Fact]
    public void With_commits_it_rests_for_twice_as_long_as_it_worked()
    {
        _commits++;
        Work(5);
        Assert.Equal([TimeSpan.FromMilliseconds(10)], _gates.Waits);
    }

    [Fact]
    public void Small_pieces_are_put_together_and_no_rest_is_shorter_than_a_wait_can_be()
    {
        for (int i = 0; i < 10; i++)
        {
            _commits++;
            Work(0.125);
        }

        Assert.Equal([TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)], _gates.Waits);
    }

    /// <summary>Else it would not rest just while the commit waits for the processor that it works on.</summary>
    [Fact]
    public void A_commit_that_takes_long_is_waited_for_like_one_that_is_done()
    {
        _commits++;
        Work(1);
        for (int i = 0; i < 10; i++)
            Work(1);
        Assert.Equal(11, _gates.Waits.Count);
    }

    [Fact]
    public void When_there_have_been_no_commits_for_a_while_it_no_longer_rests()
    {
        _commits++;
        Work(1);
        for (int i = 0; i < 100; i++)
            Work(1);
        int rests = _gates.Waits.Count;
        for (int i = 0; i < 100; i++)
            Work(1);
        Assert.Equal(rests, _gates.Waits.Count);
        _commits++;
        Work(1);
        Assert.Equal(rests + 1, _gates.Waits.Count);
    }

    [Fact]
    public void A_piece_that_took_long_is_not_followed_by_a_rest_without_end()
    {
        _commits++;
        Work(60_000);
        Assert.Equal([TimeSpan.FromMilliseconds(100)], _gates.Waits);
    }

    private void Work(double ms)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(ms));
        _pace.Rest();
    }

    /// <summary>Waits end at once, and time has passed.</summary>
    private sealed class CountingGates(ManualClock clock) : IScheduler, IGate
    {
        public List<TimeSpan> Waits { get; } = [];

        public IGate CreateGate() => this;

        public IWorker Start(string name, Action body) => throw new NotSupportedException("One thread only.");

        public void Enter()
        {
        }

        public void Exit()
        {
        }

        public bool Wait(TimeSpan timeout)
        {
            Waits.Add(timeout);
            clock.Advance(timeout);
            return false;
        }

        public void PulseAll() => throw new NotSupportedException("Nobody waits for a pulse.");
    }
}
