using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Locking;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Locking;

public sealed class CircuitBreakerTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void By_default_five_lock_timeouts_in_a_row_open_it_for_a_minute_and_one_trial_closes_it()
    {
        CircuitBreaker breaker = new(_clock);
        for (int i = 0; i < 4; i++)
            Try(breaker, AttemptEnd.Timeout);
        Try(breaker, AttemptEnd.Success);
        for (int i = 0; i < 4; i++)
            Try(breaker, AttemptEnd.Timeout);
        Assert.Equal(new CircuitStatus(CircuitState.Closed, 4, null, null), breaker.Status);
        Try(breaker, AttemptEnd.Timeout);
        DateTimeOffset until = ManualClock.Start.AddSeconds(60);
        Assert.Equal(new CircuitStatus(CircuitState.Open, 5, ManualClock.Start, until), breaker.Status);

        _clock.Advance(TimeSpan.FromMilliseconds(59_999));
        CircuitOpenException refused = AssertRefuses(breaker);
        Assert.Equal(until, refused.OpenUntil);
        Assert.Contains("The last 5 waits", refused.Message, StringComparison.Ordinal);
        Assert.Contains("until 2026-01-02 03:05:05Z", refused.Message, StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CircuitState.HalfOpen, breaker.Status.State);
        breaker.Run(() =>
        {
            Assert.Equal(CircuitState.HalfOpen, breaker.Status.State);
            Assert.Contains("tries just now", AssertRefuses(breaker).Message, StringComparison.Ordinal);
            return true;
        });
        Assert.Equal(new CircuitStatus(CircuitState.Closed, 0, null, null), breaker.Status);
    }

    [Fact]
    public void A_trial_that_times_out_opens_it_for_another_minute()
    {
        CircuitBreaker breaker = new(_clock);
        for (int i = 0; i < 5; i++)
            Try(breaker, AttemptEnd.Timeout);
        for (int minute = 1; minute <= 3; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Try(breaker, AttemptEnd.Timeout);
            AssertRefuses(breaker);
            Assert.Equal(new CircuitStatus(CircuitState.Open, 5 + minute, ManualClock.Start.AddMinutes(minute), ManualClock.Start.AddMinutes(minute + 1)), breaker.Status);
        }
    }

    /// <summary>
    /// From each state, all stories of four events that two lock timeouts in a row and ten milliseconds make possible: attempts that end at once, attempts
    /// that others begin and end within, and time that is just not, or just, enough.
    /// </summary>
    [Theory]
    [InlineData("", 1_500)]
    [InlineData("T", 1_500)]
    [InlineData("TT9", 1_500)]
    [InlineData("TT91", 1_500)]
    [InlineData("TT91(", 3_000)]
    [InlineData("(TT91(", 3_000)]
    public void It_does_what_the_table_says_in_every_story(string beginning, int storiesMin)
    {
        int stories = 0;
        foreach (string story in Stories(beginning, 4))
        {
            new StoryTeller(story).Tell();
            stories++;
        }

        Assert.True(stories > storiesMin, $"{stories} stories");
    }

    [Fact]
    public void Of_many_who_come_when_its_time_is_up_one_goes_through()
    {
        const int others = 7;
        CircuitBreaker breaker = new(_clock, new CircuitBreakerOptions { FailuresToOpen = 1 });
        Try(breaker, AttemptEnd.Timeout);
        _clock.Advance(TimeSpan.FromMinutes(1));
        using CountdownEvent refused = new(others);
        int trials = 0;
        BackgroundCall[] calls = [.. Enumerable.Range(0, others + 1).Select(i => new BackgroundCall($"caller {i}", () =>
        {
            try
            {
                breaker.Run(() =>
                {
                    Interlocked.Increment(ref trials);
                    return refused.Wait(BackgroundCall.Patience);
                });
            }
            catch (CircuitOpenException)
            {
                refused.Signal();
            }
        }))];
        Array.ForEach(calls, call => call.Succeeded());
        Assert.Equal((1, 0), (trials, refused.CurrentCount));
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
    }

    [Fact]
    public void Setting_the_wall_clock_does_not_change_how_long_it_stays_open()
    {
        JumpingClock clock = new();
        CircuitBreaker breaker = new(clock, new CircuitBreakerOptions { FailuresToOpen = 1 });
        Try(breaker, AttemptEnd.Timeout);
        clock.WallClock = TimeSpan.FromDays(400);
        AssertRefuses(breaker);
        clock.WallClock = TimeSpan.FromDays(-400);
        clock.Ticks = TimeSpan.TicksPerMinute;
        Try(breaker, AttemptEnd.Success);
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
    }

    [Fact]
    public void Openings_that_wait_go_through_it_and_others_pass_it_by()
    {
        SimulatedFileSystem disk = new();
        CircuitBreaker breaker = new(_clock);
        StoreHost host = TestStore.HostFor(disk) with { LockBreaker = breaker };
        StoreOptions waiting = TestStore.SmallOptions with { LockTimeoutMs = 1 };
        TestStore holder = TestStore.Create(host);
        for (int i = 0; i < 5; i++)
            Assert.Equal(StoreError.LockTimeout, Assert.Throws<StoreLockedException>(() => TestStore.Open(host, waiting)).Error);
        CircuitOpenException refused = Assert.Throws<CircuitOpenException>(() => TestStore.Open(host, waiting));
        Assert.Equal((StoreError.CircuitOpen, "LOCK"), (refused.Error, refused.File));
        Assert.Equal(StoreError.StoreLocked, Assert.Throws<StoreLockedException>(() => TestStore.Open(host)).Error);
        Assert.Equal(5, breaker.Status.Failures);
        holder.Dispose();
        Assert.Throws<CircuitOpenException>(() => TestStore.Open(host, waiting));
        TestStore.Open(host).Dispose();
        Assert.Equal(CircuitState.Open, breaker.Status.State);
        _clock.Advance(TimeSpan.FromMinutes(1));
        TestStore.Open(host, waiting).Dispose();
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
    }

    [Fact]
    public void A_store_whose_lock_was_had_counts_as_success_whatever_opening_it_finds()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Flip(sample.NewestSegment, 44);
        CircuitBreaker breaker = new(_clock, new CircuitBreakerOptions { FailuresToOpen = 2 });
        Try(breaker, AttemptEnd.Timeout);
        StoreHost host = TestStore.HostFor(sample.Image.ToFiles()) with { LockBreaker = breaker };
        Assert.ThrowsAny<StoreException>(() => TestStore.Open(host, TestStore.SmallOptions with { LockTimeoutMs = 1 }));
        Assert.Equal(0, breaker.Status.Failures);
    }

    [Theory]
    [InlineData(nameof(CircuitBreakerOptions.FailuresToOpen), 1, 1_000)]
    [InlineData(nameof(CircuitBreakerOptions.OpenMs), 1, 3_600_000)]
    public void Its_limits_are_checked(string name, int least, int most)
    {
        foreach (int taken in (int[])[least, most])
            Set(name, taken);
        foreach (int refused in (int[])[least - 1, most + 1])
        {
            StoreException error = Assert.Throws<StoreException>(() => Set(name, refused));
            Assert.Equal(StoreError.ConfigurationInvalid, error.Error);
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    private static void Set(string name, int value) =>
        _ = name == nameof(CircuitBreakerOptions.OpenMs) ? new CircuitBreakerOptions { OpenMs = value } : new CircuitBreakerOptions { FailuresToOpen = value };

    private static void Try(CircuitBreaker breaker, AttemptEnd end) => StoryTeller.EndQuietly(() => breaker.Run(() => StoryTeller.End(end)));

    private static CircuitOpenException AssertRefuses(CircuitBreaker breaker) =>
        Assert.Throws<CircuitOpenException>(() => breaker.Run<bool>(() => throw new InvalidOperationException("The attempt was made.")));

    /// <summary>
    /// S, T, X: an attempt that succeeds, times out, ends otherwise. (: one that goes on while what follows happens; s, t, x: the innermost of those
    /// ends so. 9 and 1: so many milliseconds pass.
    /// </summary>
    private static IEnumerable<string> Stories(string begun, int left)
    {
        if (left == 0)
        {
            yield return begun;
            yield break;
        }

        bool isWithin = begun.Count(c => c == '(') > begun.Count(char.IsAsciiLetterLower);
        foreach (char next in isWithin ? "STX(91stx" : "STX(91")
        {
            foreach (string story in Stories(begun + next, left - 1))
                yield return story;
        }
    }

    /// <summary>Tells one story to the breaker and to the model, and compares them after each event.</summary>
    private sealed class StoryTeller(string story)
    {
        private const int OpenMs = 10;

        private readonly ManualClock _clock = new();
        private readonly CircuitModel _model = new(2, OpenMs);
        private CircuitBreaker? _breaker;
        private int _position;

        public static bool End(AttemptEnd end) => end switch
        {
            AttemptEnd.Success => true,
            AttemptEnd.Timeout => throw StoreLockedException.TimedOut(null, 1, 0),
            _ => throw new StorageException(StorageFault.TooManyOpenFiles, "open", "LOCK"),
        };

        public static void EndQuietly(Action attempt)
        {
            try
            {
                attempt();
            }
            catch (StoreException e) when (e.Error != StoreError.CircuitOpen)
            {
                // Such was its end.
            }
        }

        public void Tell()
        {
            _breaker = new CircuitBreaker(_clock, new CircuitBreakerOptions { FailuresToOpen = 2, OpenMs = OpenMs });
            while (_position < story.Length)
                TellNext();
        }

        /// <returns>How the innermost attempt ends, if that is what is told.</returns>
        private AttemptEnd? TellNext()
        {
            char next = story[_position++];
            switch (next)
            {
                case '9' or '1':
                    _clock.Advance(TimeSpan.FromMilliseconds(next - '0'));
                    _model.Pass(next - '0');
                    break;
                case '(':
                    Attempt(TellInside);
                    break;
                case 'S' or 'T' or 'X':
                    Attempt(() => ToEnd(char.ToLowerInvariant(next)));
                    break;
                default:
                    return ToEnd(next);
            }

            Compare();
            return null;
        }

        private AttemptEnd TellInside()
        {
            while (_position < story.Length)
            {
                if (TellNext() is AttemptEnd end)
                    return end;
            }

            return AttemptEnd.Other;
        }

        private void Attempt(Func<AttemptEnd> happensMeanwhile)
        {
            int? admission = _model.Begin();
            bool isMade = false;
            AttemptEnd end = default;
            try
            {
                EndQuietly(() => _breaker!.Run(() =>
                {
                    isMade = true;
                    end = happensMeanwhile();
                    return End(end);
                }));
            }
            catch (CircuitOpenException)
            {
                // What the story tells of it then happens without it.
                end = happensMeanwhile();
            }

            Expect(isMade == admission is not null);
            if (isMade)
                _model.End(admission, end);
        }

        private void Compare()
        {
            CircuitStatus status = _breaker!.Status;
            int? untilMs = status.OpenUntil is DateTimeOffset until ? (int)(until - ManualClock.Start).TotalMilliseconds : null;
            bool isSame = (status.State, status.Failures, untilMs) == (_model.State, _model.Failures, _model.OpenUntilMs)
                && (status.OpenUntil - status.OpenedAt)?.TotalMilliseconds is null or OpenMs;
            Expect(isSame);
        }

        private void Expect(bool holds)
        {
            if (!holds)
                Assert.Fail($"After {story[.._position]}: {_breaker!.Status}, and the model says {_model.State}, {_model.Failures}, {_model.OpenUntilMs}.");
        }

        private static AttemptEnd ToEnd(char letter) => letter switch
        {
            's' => AttemptEnd.Success,
            't' => AttemptEnd.Timeout,
            _ => AttemptEnd.Other,
        };
    }

    private sealed class JumpingClock : TimeProvider
    {
        public long Ticks { get; set; }

        public TimeSpan WallClock { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;

        public override DateTimeOffset GetUtcNow() => ManualClock.Start + WallClock;
    }
}
