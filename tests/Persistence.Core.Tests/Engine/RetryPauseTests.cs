using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Platform;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class RetryPauseTests
{
    [Fact]
    public void Pauses_double_up_to_a_minute_and_begin_anew_after_a_success()
    {
        ManualClock clock = new();
        RetryPause retry = new(clock);
        Assert.Equal(TimeSpan.Zero, retry.Left);
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            IOException cause = new();
            retry.NoteFailure(cause);
            Assert.Same(cause, retry.Cause);
            Assert.Equal(TimeSpan.FromSeconds(seconds), retry.Left);
            clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Equal(TimeSpan.FromTicks(1), retry.Left);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(TimeSpan.Zero, retry.Left);
        }

        retry.NoteSuccess();
        Assert.Null(retry.Cause);
        retry.NoteFailure(new IOException());
        Assert.Equal(TimeSpan.FromSeconds(1), retry.Left);
    }

    [Fact]
    public void Where_that_is_asked_for_pauses_end_sooner()
    {
        RetryPause retry = new(new ManualClock(), secondsMax: 5);
        foreach (int seconds in (int[])[1, 2, 4, 5, 5])
        {
            retry.NoteFailure(new IOException());
            Assert.Equal(TimeSpan.FromSeconds(seconds), retry.Left);
        }
    }

    [Fact]
    public void A_full_disk_is_looked_at_every_few_seconds()
    {
        RetryPause retry = new(new ManualClock());
        foreach (int seconds in (int[])[1, 2, 4, 5, 5])
        {
            retry.NoteFailure(new StoreException(StoreError.DiskFull, "It is full."));
            Assert.Equal(TimeSpan.FromSeconds(seconds), retry.Left);
        }
    }

    [Fact]
    public void Background_work_comes_back_when_it_asked_to_without_further_activity()
    {
        using CountdownEvent rounds = new(3);
        BackgroundWork work = new(
            SystemScheduler.Instance,
            () =>
            {
                rounds.Signal();
                return rounds.IsSet ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(1);
            },
            () => TimeSpan.FromMilliseconds(1));
        work.Notify();
        Assert.True(rounds.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        work.Stop();
    }
}
