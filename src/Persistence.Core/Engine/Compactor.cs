using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Engine;

/// <summary>
/// Merges a full checkpoint and its increments into one full checkpoint, and takes out of the log what that covers. The live state is that merge already: it is written out as any checkpoint
/// is, beside the commits and resting between pieces, and published before anything it replaces goes. So it can be cut anywhere. One at a time: the caller sees to it.
/// </summary>
internal sealed class Compactor
{
    private readonly StoreHost _host;
    private readonly LiveOptions _options;
    private readonly RootFile _root;
    private readonly LogRetirement _retirement;
    private (long Tip, IReadOnlyList<long> Sizes, DateTimeOffset Created)? _measured;
    private CompactionReport? _last;
    private StrongProgress? _running;

    public Compactor(StoreHost host, LiveOptions options, RootFile root, LogRetirement retirement)
    {
        _host = host;
        _options = options;
        _root = root;
        _retirement = retirement;
    }

    /// <summary>What the last one has done, or null.</summary>
    public CompactionReport? Last => Volatile.Read(ref _last);

    /// <summary>How the one that is going on comes along, or null.</summary>
    public CompactionProgress? Running => Volatile.Read(ref _running)?.Value;

    /// <summary>Why the newest chain is to be merged now, or null.</summary>
    public CompactionReason? FindReason()
    {
        IReadOnlyList<RootCheckpoint> chain = CheckpointChains.Newest(_root.Current.Checkpoints);
        if (chain.Count < 2)
            return null;
        if (_measured?.Tip != chain[^1].Id && !TryMeasure(chain))
            return null;
        return CompactionPolicy.FindReason(_options.Current, _measured!.Value.Sizes, _host.Clock.GetUtcNow() - _measured.Value.Created);
    }

    /// <summary>How long until a chain is too old; null when none will be.</summary>
    public TimeSpan? UntilTooOld()
    {
        int seconds = _options.Current.CompactionAgeSeconds;
        if (seconds == 0 || _measured is not (long tip, _, DateTimeOffset created) || CheckpointChains.Newest(_root.Current.Checkpoints) is not [_, .., RootCheckpoint last] || last.Id != tip)
            return null;
        TimeSpan left = created + TimeSpan.FromSeconds(seconds) - _host.Clock.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    /// <summary>Compacts.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="reason">Why.</param>
    /// <param name="hasChanged">Whether anything was committed since the newest checkpoint.</param>
    /// <param name="take">Takes a checkpoint, and lets go of what nobody needs any more.</param>
    /// <exception cref="Diagnostics.StoreException">It failed; nothing is lost, and what was done is done.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public CompactionReport Run(CompactionRequest request, CompactionReason reason, bool hasChanged, Func<CheckpointRequest, CheckpointInfo> take)
    {
        DateTimeOffset time = _host.Clock.GetUtcNow();
        long started = _host.Clock.GetTimestamp();
        try
        {
            StoreUsage before = LogMeasurer.MeasureFiles(_host.Files);
            long archivedBefore = MeasureArchive();
            int increments = Math.Max(CheckpointChains.Newest(_root.Current.Checkpoints).Count - 1, 0);
            bool takes = hasChanged || increments > 0 || _root.Current.Checkpoints.Count == 0 || request.Keep < CheckpointChains.Count(_root.Current.Checkpoints);
            CheckpointInfo? taken = takes ? take(ToCheckpoint(request, started)) : null;
            int removed = RemoveLog(request, started);
            StoreUsage after = LogMeasurer.MeasureFiles(_host.Files);
            CompactionReport report = new()
            {
                Reason = reason,
                Time = time,
                Duration = _host.Clock.GetElapsedTime(started),
                CheckpointId = taken?.Id,
                IncrementsMerged = taken is null ? 0 : increments,
                SegmentsRemoved = removed + Math.Max(before.Segments - after.Segments - removed, 0),
                BytesBefore = Sum(before) + archivedBefore,
                BytesAfter = Sum(after) + MeasureArchive(),
                LogBytesBefore = before.SegmentBytes + before.SpareBytes,
                LogBytesAfter = after.SegmentBytes + after.SpareBytes,
                CheckpointBytesBefore = before.CheckpointBytes,
                CheckpointBytesAfter = after.CheckpointBytes,
            };
            Volatile.Write(ref _last, report);
            return report;
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }
    }

    private CheckpointRequest ToCheckpoint(CompactionRequest request, long started) => new()
    {
        Kind = CheckpointKind.Full,
        Keep = request.Keep,
        Stop = request.Stop,
        Progress = made => Tell(request, started, made.IsVerifying ? CompactionPhase.Verifying : CompactionPhase.Merging, ShareOf(made)),
    };

    /// <summary>Writing is most of the work; reading back takes about half as long.</summary>
    private static double ShareOf(in CheckpointProgress made)
    {
        double share = made.Total == 0 ? 1 : Math.Min((double)made.Done / made.Total, 1);
        return made.IsVerifying ? 0.6 + (0.3 * share) : 0.6 * share;
    }

    private int RemoveLog(CompactionRequest request, long started)
    {
        Tell(request, started, CompactionPhase.RemovingLog, 0.9);
        StoreOptions options = _options.Current;
        LogRetention retention = new(
            request.LogBytes ?? options.LogRetainBytes,
            request.LogBytes is null ? options.LogRetainSegments : 0,
            request.RetainFor is TimeSpan age ? _host.Clock.GetTimestamp100Ns() - age.Ticks : _retirement.Since(options.LogRetainSeconds));
        if (!options.ArchiveLog)
            return _retirement.Run(retention);
        int archived = 0;
        while (_retirement.ArchiveNext(retention))
        {
            archived++;
            request.Stop.ThrowIfCancellationRequested();
            Tell(request, started, CompactionPhase.RemovingLog, 0.95);
        }

        return archived;
    }

    private void Tell(CompactionRequest request, long started, CompactionPhase phase, double share)
    {
        request.Stop.ThrowIfCancellationRequested();
        TimeSpan elapsed = _host.Clock.GetElapsedTime(started);
        CompactionProgress progress = new(phase, share, share > 0 && elapsed > TimeSpan.Zero ? elapsed * ((1 - share) / share) : null);
        Volatile.Write(ref _running, new StrongProgress(progress));
        request.Progress?.Invoke(progress);
    }

    private static long Sum(StoreUsage usage) => usage.SegmentBytes + usage.SpareBytes + usage.CheckpointBytes;

    private long MeasureArchive() => LogMeasurer.MeasureArchive(_host.Files, _root.Current.StoreId).StoredBytes;

    /// <returns>False when the chain was replaced while it was looked at.</returns>
    private bool TryMeasure(IReadOnlyList<RootCheckpoint> chain)
    {
        try
        {
            _measured = (chain[^1].Id, Measure(chain), ReadCreated(chain[0]));
            return true;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            if (_root.Current.Checkpoints.Contains(chain[0]))
                throw;
            return false;
        }
    }

    private List<long> Measure(IReadOnlyList<RootCheckpoint> chain) => [.. chain.Select(checkpoint => _host.Files.TryGetLength(CheckpointNames.Path(checkpoint)) ?? 0)];

    private DateTimeOffset ReadCreated(RootCheckpoint full)
    {
        using IFile file = _host.Files.Open(CheckpointNames.Path(full), FileIntent.Read);
        return Timestamps.ToInstant(CheckpointReader.Open(file, _root.Current.StoreId, full.Id).Header.Created);
    }

    private sealed record StrongProgress(CompactionProgress Value);
}
