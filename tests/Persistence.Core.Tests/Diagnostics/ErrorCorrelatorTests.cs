using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Diagnostics;

public sealed class ErrorCorrelatorTests
{
    private readonly ManualClock _clock = new();
    private readonly ErrorCorrelator _correlator;

    public ErrorCorrelatorTests() => _correlator = new ErrorCorrelator(_clock);

    [Fact]
    public void Three_lock_timeouts_on_one_store_within_a_minute_are_one_finding()
    {
        Assert.Null(Timeout(owner: 7));
        Pass(30);
        Assert.Null(Timeout(owner: 7));
        Pass(30);
        ErrorFinding appeared = Timeout(owner: 7)!;
        Assert.Equal(
            (ErrorFindingKind.LockContention, StoreError.LockTimeout, 3, ManualClock.Start, ManualClock.Start.AddSeconds(60)),
            (appeared.Kind, appeared.Error, appeared.Count, appeared.FirstSeen, appeared.LastSeen));
        Assert.Equal("3 lock timeouts in 60 s on store '/a', held by process 7 each time.", appeared.Message);
        Assert.Equal("Have process 7 close the store when its work is done, or let all work go through that process.", appeared.Suggestion);
        Assert.Equal($"{appeared.Message} {appeared.Suggestion}", appeared.ToString());
        Assert.Equal([7], appeared.OwnerProcessIds);
        Assert.Equal(["/a"], appeared.Stores);
        Assert.Equal(appeared.Message, Assert.Single(_correlator.Findings).Message);
    }

    [Fact]
    public void Lock_timeouts_that_come_slowly_or_on_several_stores_are_none()
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.Null(Timeout());
            Assert.Null(Timeout("/b"));
            Pass(31);
        }

        Assert.Empty(_correlator.Findings);
    }

    [Fact]
    public void Each_store_whose_lock_is_waited_for_in_vain_is_a_finding_of_its_own()
    {
        foreach (string store in (string[])["/a", "/b"])
        {
            Assert.Null(Timeout(store));
            Assert.Null(Timeout(store));
            Pass(1);
            Assert.NotNull(Timeout(store));
        }

        Assert.Equal([["/a"], ["/b"]], _correlator.Findings.Select(finding => finding.Stores));
    }

    [Theory]
    [InlineData(new int[0], "held by an unknown process", "Find out which process")]
    [InlineData(new[] { 7, 8, 7 }, "held by changing processes", "Open the store for less long")]
    public void What_to_do_about_a_lock_depends_on_who_holds_it(int[] owners, string held, string suggestion)
    {
        for (int i = 0; i < 3; i++)
            Timeout(owner: owners.Length > i ? owners[i] : null);
        ErrorFinding finding = Assert.Single(_correlator.Findings);
        Assert.Contains(held, finding.Message, StringComparison.Ordinal);
        Assert.StartsWith(suggestion, finding.Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_errors_of_one_kind_within_a_minute_are_a_storm_whatever_the_store()
    {
        for (int i = 0; i < 9; i++)
        {
            Assert.Null(_correlator.Report(StoreError.TooManyOpenFiles, $"/{i % 3}"));
            Assert.Null(_correlator.Report(StoreError.AccessDenied, "/a"));
            Pass(1);
        }

        ErrorFinding storm = _correlator.Report(StoreError.TooManyOpenFiles, "/0")!;
        Assert.Equal((ErrorFindingKind.ErrorStorm, StoreError.TooManyOpenFiles, 10), (storm.Kind, storm.Error, storm.Count));
        Assert.Equal("10 TooManyOpenFiles errors in 9 s on 3 stores.", storm.Message);
        Assert.Equal(["/0", "/1", "/2"], storm.Stores);
        Assert.Contains("Close handles", storm.Suggestion, StringComparison.Ordinal);
        Assert.Equal("10 AccessDenied errors in 9 s on store '/a'.", _correlator.Report(StoreError.AccessDenied, "/a")!.Message);
    }

    [Fact]
    public void Errors_that_come_slowly_are_no_storm()
    {
        for (int i = 0; i < 50; i++)
        {
            Assert.Null(_correlator.Report(StoreError.DiskFull, "/a"));
            Pass(6.8);
        }
    }

    [Fact]
    public void A_finding_is_brought_up_to_date_not_repeated_and_goes_a_minute_after_its_last_error()
    {
        for (int i = 0; i < 3; i++)
            Timeout(owner: 7);
        Pass(59);
        Assert.Null(Timeout(owner: 7));
        Pass(59);
        Assert.Null(Timeout(owner: 8));
        ErrorFinding finding = Assert.Single(_correlator.Findings);
        Assert.Equal("5 lock timeouts in 118 s on store '/a', held by changing processes.", finding.Message);
        Assert.Equal((5, ManualClock.Start, ManualClock.Start.AddSeconds(118)), (finding.Count, finding.FirstSeen, finding.LastSeen));
        Pass(60);
        Assert.Single(_correlator.Findings);
        Pass(0.001);
        Assert.Empty(_correlator.Findings);
        Assert.Null(Timeout());
        Assert.Null(Timeout());
        Assert.Equal(3, Timeout()!.Count);
    }

    [Fact]
    public void What_follows_from_an_error_is_told_with_its_cause_first()
    {
        Assert.Null(_correlator.Report(StoreError.DiskFull, "/a"));
        Pass(2);
        ErrorFinding appeared = _correlator.Report(StoreError.StoreFaulted, "/a")!;
        Assert.Equal((ErrorFindingKind.CommonCause, StoreError.DiskFull, 2), (appeared.Kind, appeared.Error, appeared.Count));
        Assert.Equal([StoreError.StoreFaulted], appeared.Symptoms);
        Assert.Equal("DiskFull on store '/a' is the likely cause of one StoreFaulted error in 2 s.", appeared.Message);
        Assert.Equal("Free space on the disk, or move the store to a larger one. Then open the store again.", appeared.Suggestion);
        Assert.Null(_correlator.Report(StoreError.StoreFaulted, "/a"));
        Assert.Null(_correlator.Report(StoreError.DiskFull, "/b"));
        Assert.Equal("DiskFull on 2 stores is the likely cause of 2 StoreFaulted errors in 2 s.", Assert.Single(_correlator.Findings).Message);
    }

    [Fact]
    public void A_cause_on_another_store_or_too_long_ago_explains_nothing()
    {
        _correlator.Report(StoreError.DiskFull, "/b");
        Assert.Null(_correlator.Report(StoreError.StoreFaulted, "/a"));
        _correlator.Report(StoreError.DiskFull, "/c");
        Pass(60.001);
        Assert.Null(_correlator.Report(StoreError.StoreFaulted, "/c"));
        Assert.Empty(_correlator.Findings);
    }

    [Fact]
    public void An_error_that_names_its_cause_needs_no_guess()
    {
        StoreException faulted = new(StoreError.StoreFaulted, "", new StorageException(StorageFault.ReadOnly, "write", "wal/1"));
        _correlator.Report(StoreError.DiskFull, "/a");
        Assert.Null(_correlator.Report(faulted, "/a"));
        ErrorFinding finding = _correlator.Report(faulted, "/a")!;
        Assert.Equal((StoreError.ReadOnlyFileSystem, 2), (finding.Error, finding.Count));
    }

    [Fact]
    public void A_chain_of_causes_leads_to_the_first()
    {
        _correlator.Report(StoreError.StorageFailed, "/a");
        Assert.NotNull(_correlator.Report(StoreError.ReadOnlyFileSystem, "/a"));
        _correlator.Report(StoreError.StoreFaulted, "/a");
        _correlator.Report(StoreError.StoreFaulted, "/a", cause: StoreError.ReadOnlyFileSystem);
        ErrorFinding finding = Assert.Single(_correlator.Findings);
        Assert.Equal((StoreError.StorageFailed, 4), (finding.Error, finding.Count));
        Assert.Equal([StoreError.StoreFaulted, StoreError.ReadOnlyFileSystem], finding.Symptoms);
    }

    [Fact]
    public void Damage_explains_why_recovery_is_required()
    {
        _correlator.Report(StoreError.ChecksumMismatch, "/a");
        Assert.Equal(StoreError.ChecksumMismatch, _correlator.Report(StoreError.RecoveryRequired, "/a")!.Error);
    }

    [Fact]
    public void Calls_that_an_open_circuit_refuses_belong_to_the_lock_timeouts_however_long_it_is_open()
    {
        for (int i = 0; i < 5; i++)
            Timeout(owner: 7);
        for (int i = 0; i < 20; i++)
        {
            Pass(10);
            Assert.Null(_correlator.Report(StoreError.CircuitOpen, "/a"));
        }

        ErrorFinding finding = Assert.Single(_correlator.Findings);
        Assert.Equal((ErrorFindingKind.LockContention, StoreError.LockTimeout, 25), (finding.Kind, finding.Error, finding.Count));
        Assert.Equal("5 lock timeouts in 200 s on store '/a', held by process 7 each time; 20 more were refused at once by the open circuit.", finding.Message);
    }

    [Fact]
    public void A_store_s_findings_are_those_it_had_an_error_of_within_the_last_minute()
    {
        for (int i = 0; i < 12; i++)
            _correlator.Report(StoreError.DiskFull, $"/{i}");
        for (int i = 0; i < 3; i++)
            Timeout("/11");
        Assert.Equal([StoreError.DiskFull, StoreError.LockTimeout], _correlator.FindingsOf("/11").Select(finding => finding.Error));
        Assert.Equal([StoreError.DiskFull], _correlator.FindingsOf("/0").Select(finding => finding.Error));
        Assert.Empty(_correlator.FindingsOf("/12"));
        Pass(40);
        _correlator.Report(StoreError.DiskFull, "/0");
        Pass(40);
        Assert.Empty(_correlator.FindingsOf("/11"));
        Assert.Equal(13, Assert.Single(_correlator.FindingsOf("/0")).Count);
        Pass(40);
        Assert.Empty(_correlator.FindingsOf("/0"));
    }

    [Fact]
    public void Setting_the_wall_clock_makes_no_finding_and_ends_none()
    {
        ErrorCorrelator correlator = new(new BackwardClock(_clock));
        for (int i = 0; i < 3; i++)
        {
            correlator.Report(StoreError.LockTimeout, "/a");
            Pass(10);
        }

        Assert.StartsWith("3 lock timeouts in 20 s", Assert.Single(correlator.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        for (int i = 0; i < 20_000; i++)
            _correlator.Report((StoreError)(i % 3 == 0 ? (int)StoreError.LockTimeout : i % 30), $"/{i % 1_000}", ownerProcessId: i);
        IReadOnlyList<ErrorFinding> findings = _correlator.Findings;
        Assert.InRange(findings.Count, 1, 100);
        Assert.All(findings, finding => Assert.True(finding.Stores.Count <= 8 && finding.OwnerProcessIds.Count <= 8 && finding.Message.Length < 1_000));
        Assert.Contains(findings, finding => finding.Message.Contains("on 8 stores or more", StringComparison.Ordinal));
    }

    [Fact]
    public void Many_may_report_at_once_and_each_finding_appears_to_one()
    {
        int appeared = 0;
        BackgroundCall[] calls = [.. Enumerable.Range(0, 8).Select(i => new BackgroundCall($"reporter {i}", () =>
        {
            for (int report = 0; report < 200; report++)
            {
                if (_correlator.Report(StoreError.DiskFull, "/a") is not null)
                    Interlocked.Increment(ref appeared);
                Assert.InRange(_correlator.Findings.Count, 0, 1);
            }
        }))];
        Array.ForEach(calls, call => call.Succeeded());
        Assert.Equal((1, 1_600), (appeared, Assert.Single(_correlator.Findings).Count));
    }

    [Fact]
    public void There_is_something_to_do_about_every_error()
    {
        foreach (StoreError error in Enum.GetValues<StoreError>())
        {
            ErrorCorrelator correlator = new(_clock);
            for (int i = 0; i < 10; i++)
                correlator.Report(error, "/a");
            ErrorFinding finding = Assert.Single(correlator.Findings);
            Assert.Equal(error, finding.Error);
            Assert.EndsWith(".", finding.Suggestion, StringComparison.Ordinal);
        }
    }

    private ErrorFinding? Timeout(string store = "/a", int? owner = null) => _correlator.Report(StoreError.LockTimeout, store, owner);

    private void Pass(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Its wall clock goes back by an hour whenever it is looked at.</summary>
    private sealed class BackwardClock(TimeProvider inner) : TimeProvider
    {
        private int _looks;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow().AddHours(-_looks++);
    }
}
