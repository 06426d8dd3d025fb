using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Storage;

namespace Persistence.Engine;

/// <summary>
/// Probes a store that is open. Each probe does or looks at the thing itself, and one that fails keeps none of the others from being made. Writes only
/// on a handle open for writing, only in <c>staging/</c>, and leaves nothing there. The caller sees to it that the handle is not closed meanwhile.
/// </summary>
internal sealed class HealthCheck
{
    private const string ProbePath = $"{AtomicFile.StagingDirectory}/health-probe";
    private const int ProbeBytes = 4096;
    private const double SlowFlushMs = 1000;
    private const long ReplayBytesMax = 1L << 30;

    private readonly StoreHost _host;
    private readonly PersistenceStore _store;
    private readonly StoreStatus _status;
    private readonly long _segmentBytes;

    /// <param name="host">The store's outside world.</param>
    /// <param name="store">The store.</param>
    /// <param name="segmentBytes">How large its next segment will be.</param>
    public HealthCheck(StoreHost host, PersistenceStore store, long segmentBytes)
    {
        _host = host;
        _store = store;
        _status = store.GetStatus();
        _segmentBytes = segmentBytes;
    }

    private StoreOptions Options => _store.Options;

    private bool IsWriter => !_store.IsReadOnly;

    public HealthReport Run()
    {
        long started = _host.Clock.GetTimestamp();
        HealthProbe[] probes =
        [
            Make(HealthProbes.Writable, ProbeWritable),
            Make(HealthProbes.Flushes, ProbeFlushes),
            Make(HealthProbes.Space, ProbeSpace),
            Make(HealthProbes.Checkpoint, ProbeCheckpoint),
            Make(HealthProbes.ReplayLag, ProbeReplayLag),
            Make(HealthProbes.Faults, ProbeFaults),
            Make(HealthProbes.Archive, ProbeArchive),
            Make(HealthProbes.Compaction, ProbeCompaction),
            Make(HealthProbes.Quarantine, ProbeQuarantine),
            Make(HealthProbes.Lock, ProbeLock),
            Make(HealthProbes.LockWaits, ProbeLockWaits),
        ];
        return new HealthReport
        {
            StoreId = _store.StoreId,
            Time = _host.Clock.GetUtcNow(),
            Probes = probes,
            Findings = (HealthFinding[])[.. FindConfiguration(), .. _store.RecoveryReport.Findings.Where(IsLasting).Select(Describe), .. _host.ErrorFindings().Select(Describe)],
            Duration = _host.Clock.GetElapsedTime(started),
        };
    }

    private static HealthProbe Make(string name, Func<string, HealthProbe> probe)
    {
        try
        {
            return probe(name);
        }
        catch (StoreException e)
        {
            return new HealthProbe(name, HealthStatus.Unhealthy, e.Message);
        }
    }

    private HealthProbe ProbeWritable(string name)
    {
        if (!IsWriter)
            return new HealthProbe(name, HealthStatus.NotProbed, "The handle only reads: nothing is written to find out.");
        long started = _host.Clock.GetTimestamp();
        // What a probe that was cut short has left.
        _host.Files.TryDelete(ProbePath);
        try
        {
            using IFile file = _host.Files.Open(ProbePath, FileIntent.CreateNew);
            file.Write(new byte[ProbeBytes], 0);
            file.Sync();
        }
        catch
        {
            _host.Files.TryDelete(ProbePath);
            throw;
        }

        _host.Files.Delete(ProbePath);
        double ms = _host.Clock.GetElapsedTime(started).TotalMilliseconds;
        return new HealthProbe(name, HealthStatus.Healthy, Format($"A file of {ProbeBytes} bytes was written, synced and removed in {ms:0.##} ms.")) { Value = ms, Unit = "ms" };
    }

    private HealthProbe ProbeFlushes(string name)
    {
        if (!IsWriter)
            return new HealthProbe(name, HealthStatus.NotProbed, "The handle only reads: it flushes nothing.");
        if (_status.Fault is not null)
            return new HealthProbe(name, HealthStatus.Unhealthy, "Nothing is flushed any more: the store stopped after a failed write or flush.");
        if (_status.Timings is not { FlushMs: { Count: > 0 } ms })
            return new HealthProbe(name, HealthStatus.NotProbed, _status.Timings is null ? "Flushes are not measured: the host has no telemetry." : "This handle has flushed nothing yet.");
        HealthStatus status = ms.P99 >= SlowFlushMs ? HealthStatus.Degraded : HealthStatus.Healthy;
        string judgement = status == HealthStatus.Degraded ? " The disk is slow." : "";
        return new HealthProbe(name, status, Format($"Of the last {ms.Count} flushes half took no longer than {ms.P50:0.##} ms, 99 of 100 no longer than {ms.P99:0.##} ms.{judgement}")) { Value = ms.P50, Unit = "ms" };
    }

    /// <summary>The next checkpoint is taken to be as large as the last one and the log since then together.</summary>
    private HealthProbe ProbeSpace(string name)
    {
        long free = _host.Files.GetFreeBytes();
        if (_status is { FullSince: not null, Degraded: Exception full })
            return new HealthProbe(name, HealthStatus.Unhealthy, full.Message) { Value = free, Unit = "bytes" };
        bool hasSpare = LogMeasurer.MeasureFiles(_host.Files).Spares > 0;
        long segment = hasSpare ? 0 : _segmentBytes;
        long checkpoint = (NewestCheckpoint()?.FileBytes ?? 0) + _status.LogBytesSinceCheckpoint;
        long needed = segment + checkpoint;
        HealthStatus status = free < needed ? HealthStatus.Unhealthy : free < 2 * needed ? HealthStatus.Degraded : HealthStatus.Healthy;
        string segmentNeed = hasSpare ? "the next segment is prepared already" : $"the next segment needs {Bytes(segment)}";
        return new HealthProbe(name, status, $"{Bytes(free)} are free; {segmentNeed}, the next checkpoint about {Bytes(checkpoint)}.") { Value = free, Unit = "bytes" };
    }

    private HealthProbe ProbeCheckpoint(string name)
    {
        IReadOnlyList<CheckpointInfo> all = _store.GetCheckpoints();
        if (all.LastOrDefault(static one => one.Problem is not null) is { Problem: string problem } damaged)
            return new HealthProbe(name, HealthStatus.Unhealthy, Format($"Checkpoint {damaged.Id} cannot be used: an opening does without it as long as another one and the log are there. Take another one. {problem}"));
        if (all is not [.., { Created: DateTimeOffset created } newest])
            return new HealthProbe(name, HealthStatus.Healthy, "There is no checkpoint yet: an opening replays the log from its beginning.");
        TimeSpan age = _host.Clock.GetUtcNow() - created;
        TimeSpan interval = TimeSpan.FromSeconds(IsWriter ? Options.CheckpointIntervalSeconds : 0);
        bool isOverdue = interval > TimeSpan.Zero && age > 2 * interval && _status.LogBytesSinceCheckpoint > 0;
        string judgement = isOverdue ? Format($" One is due every {interval.TotalSeconds:0} s.") : "";
        return new HealthProbe(name, isOverdue ? HealthStatus.Degraded : HealthStatus.Healthy, Format($"Checkpoint {newest.Id} was taken {Age(age)} ago.{judgement}")) { Value = age.TotalSeconds, Unit = "s" };
    }

    private HealthProbe ProbeReplayLag(string name)
    {
        long lag = _status.LogBytesSinceCheckpoint;
        long expected = IsWriter && Options.CheckpointLogBytes > 0 ? Math.Min(Options.CheckpointLogBytes, ReplayBytesMax / 2) * 2 : ReplayBytesMax;
        bool isLong = lag > expected;
        string judgement = isLong ? $" More than {Bytes(expected)} is a lot: take a checkpoint." : "";
        return new HealthProbe(name, isLong ? HealthStatus.Degraded : HealthStatus.Healthy, $"{Bytes(lag)} of log would have to be replayed.{judgement}") { Value = lag, Unit = "bytes" };
    }

    private HealthProbe ProbeFaults(string name)
    {
        if (!IsWriter)
            return new HealthProbe(name, HealthStatus.NotProbed, "The handle only reads: there is nothing that could stop it.");
        if (_status.Fault is Exception fault)
            return new HealthProbe(name, HealthStatus.Unhealthy, $"The store accepts no more changes; close and open it again. Cause: {fault.Message}");
        return _status.Degraded is Exception degraded
            ? new HealthProbe(name, HealthStatus.Degraded, $"Work beside the commits failed and is tried again: {degraded.Message}")
            : new HealthProbe(name, HealthStatus.Healthy, "Nothing has failed that was not got over.");
    }

    private HealthProbe ProbeCompaction(string name)
    {
        StoreStatus status = _store.GetStatus();
        string last = status.LastCompaction is CompactionReport report
            ? Format($"The last compaction, {Age(_host.Clock.GetUtcNow() - report.Time)} ago, merged {report.IncrementsMerged} increments and took {report.SegmentsRemoved} segments out of the log.")
            : "Nothing was compacted since the store was opened.";
        if (status.RunningCompaction is CompactionProgress running)
            last = Format($"A compaction is going on, {running.Share * 100:F0} % done.");
        return status.CompactionFailure is Exception failure
            ? new HealthProbe(name, HealthStatus.Degraded, $"A compaction that is due has failed and is tried again: {failure.Message}")
            : new HealthProbe(name, HealthStatus.Healthy, last);
    }

    /// <summary>What it does not take stays in the log, which grows.</summary>
    private HealthProbe ProbeArchive(string name)
    {
        ArchiveStatus archive = _store.MeasureArchive();
        if (archive.Files == 0 && !(IsWriter && Options.ArchiveLog))
            return new HealthProbe(name, HealthStatus.Healthy, "There is no archive: log that is no longer kept is dropped.");
        string content = archive.Files == 0 ? "Nothing is archived yet." : Format($"{archive.Files} archived {(archive.Files == 1 ? "segment" : "segments")}, {Bytes(archive.StoredBytes)} for {Bytes(archive.RawBytes)} of log.");
        string failure = archive.LastError is Exception error ? $" The next one could not be archived, stays in the log, and is tried again: {error.Message}" : "";
        return new HealthProbe(name, failure.Length > 0 ? HealthStatus.Degraded : HealthStatus.Healthy, content + failure) { Value = archive.StoredBytes, Unit = "bytes" };
    }

    /// <summary>Full, it begins to forget what it was made to keep.</summary>
    private HealthProbe ProbeQuarantine(string name)
    {
        StoreUsage files = LogMeasurer.MeasureFiles(_host.Files);
        int kept = files.Quarantined;
        bool isFull = IsWriter && (kept >= Options.QuarantineFilesMax || files.QuarantineBytes >= Options.QuarantineBytesMax);
        string content = kept == 0 ? "Recovery has put nothing aside." : Format($"Recovery has put {kept} {(kept == 1 ? "file" : "files")} ({Bytes(files.QuarantineBytes)}) aside in quarantine/.");
        string judgement = isFull ? " It is full: the next ones push out the oldest." : "";
        return new HealthProbe(name, isFull ? HealthStatus.Degraded : HealthStatus.Healthy, content + judgement) { Value = kept, Unit = "files" };
    }

    private HealthProbe ProbeLock(string name)
    {
        if (IsWriter)
        {
            return StoreLock.IsHeld(_host.Files)
                ? new HealthProbe(name, HealthStatus.Healthy, "This handle holds the store for writing.")
                : new HealthProbe(name, HealthStatus.Unhealthy, $"'{StoreLock.FileName}' is no longer the file this handle holds: another process may open the store for writing beside it. Close the handle at once.");
        }

        if (_host.FindWriter() is LockOwner owner)
            return new HealthProbe(name, HealthStatus.Healthy, Format($"Process {owner.ProcessId} on {owner.HostName} holds the store for writing."));
        return _store.RecoveryReport.WasClean
            ? new HealthProbe(name, HealthStatus.Healthy, "Nobody holds the store for writing.")
            : new HealthProbe(name, HealthStatus.Degraded, "The last writer did not close the store, and none is known to be at work: the next opening for writing recovers it.");
    }

    /// <summary>Half-open says nothing of the store: it stays so until somebody waits again.</summary>
    private HealthProbe ProbeLockWaits(string name)
    {
        if (_host.LockBreaker?.Status is not CircuitStatus circuit)
            return new HealthProbe(name, HealthStatus.NotProbed, "Waits for the lock are not counted: the host has no circuit breaker.");
        HealthProbe probe = circuit.State switch
        {
            CircuitState.Open => new HealthProbe(
                name, HealthStatus.Degraded, Format($"Open until {circuit.OpenUntil:yyyy-MM-dd HH:mm:ss}Z: the last {circuit.Failures} waits of this process for the lock ran out, and it does not wait again before then.")),
            CircuitState.HalfOpen => new HealthProbe(
                name, HealthStatus.NotProbed, Format($"Half-open: the last {circuit.Failures} waits of this process for the lock ran out, and the next one finds out whether it is to be had again.")),
            _ => new HealthProbe(
                name, HealthStatus.Healthy, circuit.Failures == 0 ? "Closed: this process may wait for the lock." : Format($"Closed: this process may wait for the lock. Waits in a row that ran out: {circuit.Failures}.")),
        };
        return probe with { Value = circuit.Failures, Unit = "timeouts" };
    }

    private IEnumerable<HealthFinding> FindConfiguration()
    {
        if (!IsWriter)
            return FindUnusable();
        HealthFinding[] refused = _store.ConfigurationFailure is Exception failure ? [DescribeRefused(failure)] : [];
        return refused.Concat(_store.GetConfiguration().Values.Where(static value => value.Pending is not null).Select(DescribePending));
    }

    private static HealthFinding DescribeRefused(Exception failure) => new(HealthStatus.Degraded, $"The configuration changed and cannot be used; the store goes on with what it had. {failure.Message}")
    {
        Suggestion = $"Mend '{ConfigurationFile.Name}'. It is looked at again within seconds.",
    };

    private static HealthFinding DescribePending(ConfiguredValue value) =>
        new(HealthStatus.Healthy, $"{value.Key} is to be {value.Key.Format(value.Pending!)} and cannot change while the store is open, where it is {value.Key.Format(value.Value)}.")
        { Suggestion = "Close the store and open it again." };

    /// <summary>Reading needs none of it, but whoever opens the store to write will be refused.</summary>
    private HealthFinding[] FindUnusable()
    {
        try
        {
            ConfigurationFile.Load(_host);
            return [];
        }
        catch (StoreException e)
        {
            return [new HealthFinding(HealthStatus.Degraded, $"The store cannot be opened for writing as it is configured. {e.Message}") { Suggestion = $"Mend '{ConfigurationFile.Name}' or the environment variable." }];
        }
    }

    private CheckpointInfo? NewestCheckpoint() => _store.GetCheckpoints() is [.., CheckpointInfo newest] ? newest : null;

    /// <summary>A torn tail is what a crash leaves; everything else worth a warning is damage that somebody should know of.</summary>
    private static bool IsLasting(RecoveryFinding finding) => finding.Severity != FindingSeverity.Information && finding.Kind != FindingKind.TornTail;

    private static HealthFinding Describe(RecoveryFinding finding) =>
        new(HealthStatus.Degraded, finding.Message) { Suggestion = "Verify the store's files, and restore what is damaged or take a checkpoint." };

    private static HealthFinding Describe(ErrorFinding finding) => new(HealthStatus.Degraded, finding.Message) { Suggestion = finding.Suggestion };

    private static string Age(TimeSpan age) => age.TotalDays >= 2 ? Format($"{age.TotalDays:0} days") : age.TotalHours >= 2 ? Format($"{age.TotalHours:0} hours")
        : age.TotalMinutes >= 2 ? Format($"{age.TotalMinutes:0} minutes") : Format($"{Math.Max(age.TotalSeconds, 0):0} s");

    private static string Bytes(long bytes) => bytes switch
    {
        >= 10L << 30 => Format($"{bytes / (double)(1L << 30):0.#} GiB"),
        >= 10L << 20 => Format($"{bytes / (double)(1L << 20):0.#} MiB"),
        >= 10L << 10 => Format($"{bytes / (double)(1L << 10):0.#} KiB"),
        _ => Format($"{bytes} bytes"),
    };

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
