using Persistence.Compaction;
using Persistence.Compression;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Takes out of the log what neither recovery nor the options' retention needs, oldest first; with the archive on, each segment only once the archive has it
/// (Wal/FORMAT.md §5.9, Compaction/ARCHIVE-FORMAT.md §2). One at a time.
/// </summary>
internal sealed class LogRetirement
{
    private readonly StoreHost _host;
    private readonly LiveOptions _options;
    private readonly StateModels _models;
    private readonly WriteAheadLog _log;
    private readonly RootFile _root;
    private readonly SegmentAllocator _allocator;
    private readonly Quarantine _quarantine;
    private readonly IGate _gate;
    private readonly BackgroundPace _pace;
    private readonly PacedFiles _paced;

    public LogRetirement(StoreHost host, LiveOptions options, StateModels models, WriteAheadLog log, RootFile root, SegmentAllocator allocator)
    {
        _host = host;
        _options = options;
        _models = models;
        _log = log;
        _root = root;
        _allocator = allocator;
        _gate = host.Scheduler.CreateGate();
        _pace = new BackgroundPace(host, () => log.Statistics.Commits);
        _paced = new PacedFiles(host.Files, _pace);
        _quarantine = new Quarantine(host.Files, options.Current.QuarantineFilesMax, options.Current.QuarantineBytesMax);
    }

    /// <summary>That a segment was damaged and could not be archived, or null.</summary>
    public Exception? Damage { get; private set; }

    private StoreOptions Options => _options.Current;

    private SegmentArchive Archive => new(_paced, _host.Clock, Options.Compress ? Compressors.CreateDefault(Options.CompressionLevel) : null, SetAsideCopy);

    /// <summary>Retires everything at once, without an archive.</summary>
    /// <param name="retention">What is kept; null: as the options say.</param>
    /// <returns>How many segments.</returns>
    public int Run(LogRetention? retention = null)
    {
        _gate.Enter();
        try
        {
            SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId);
            IReadOnlyList<SegmentInfo> retired = ChooseRetired(catalog, retention);
            Retire(retired);
            return retired.Count;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Archives and retires the oldest segment that may go; when there is none, removes what the archive need not keep.</summary>
    /// <param name="retention">What is kept in the log; null: as the options say.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="StoreException">It stays in the log.</exception>
    public bool ArchiveNext(LogRetention? retention = null)
    {
        _gate.Enter();
        try
        {
            return ArchiveNextHoldingGate(retention);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool ArchiveNextHoldingGate(LogRetention? retention)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(_host.Files, _root.Current.StoreId, static _ => { });
        if (ChooseRetired(catalog, retention) is not [SegmentInfo oldest, ..])
        {
            TrimArchive(catalog);
            return false;
        }

        if (IsArchived(oldest, catalog))
            Retire((SegmentInfo[])[oldest]);
        else
            SetAside(oldest);
        return true;
    }

    private IReadOnlyList<SegmentInfo> ChooseRetired(SegmentCatalog catalog, LogRetention? retention) =>
        NeededFrom() is Lsn neededFrom ? RetentionPolicy.ChooseRetired(catalog.Segments, neededFrom, FindStaying(), retention ?? Retention()) : [];

    /// <summary>The active segment, or an older one that a slot of ROOT calls needed: the last checkpoint was taken when that one was full to its last byte.</summary>
    private long FindStaying() => Math.Min(_root.Current.ActiveSequence, NeededSequence());

    private long NeededSequence() => Math.Min(_root.Current.OldestNeededSequence, _root.Previous?.OldestNeededSequence ?? 0);

    /// <summary>From where either slot of ROOT needs the log; null while one of them is lost.</summary>
    private Lsn? NeededFrom() => _root.Previous is RootRecord previous ? Lsn.Earlier(_root.Current.OldestNeededLsn, previous.OldestNeededLsn) : null;

    private void Retire(IReadOnlyList<SegmentInfo> retired)
    {
        foreach (SegmentInfo segment in retired)
            _allocator.Retire(segment, Math.Max(Options.SpareSegments, 1));
        if (retired.Count > 0)
            NoteRemoved(retired[^1]);
    }

    /// <summary>As evidence it must not be recycled; and whatever syncs the log's directory does so through the allocator, since a failure is heard of once.</summary>
    private void SetAside(SegmentInfo segment)
    {
        _quarantine.Link(segment.Path, isWhole: false);
        _host.Files.Delete(segment.Path);
        Damage = new StoreException(StoreError.ChecksumMismatch, $"'{segment.Path}' is damaged, could not be archived, and was moved to quarantine/. The state does not need it; its records can no longer be read from the log.") { File = segment.Path };
        NoteRemoved(segment);
        _quarantine.TryRotate();
    }

    private void NoteRemoved(SegmentInfo last)
    {
        SyncLogDirectory();
        Lsn kept = last.Header?.NextFirstLsn ?? Lsn.None;
        foreach (IDeferredEffects effects in _models.Effects)
            effects.ForgetBelow(_host.Files, kept);
    }

    /// <summary>What the active segment's durability rests on stops the log when it fails.</summary>
    private void SyncLogDirectory()
    {
        try
        {
            _allocator.SyncDirectory();
        }
        catch (StorageException e)
        {
            _log.Fail(e);
            throw;
        }
    }

    /// <summary>Sees to it that the archive has a segment.</summary>
    /// <returns>False when it never will: the segment is damaged.</returns>
    private bool IsArchived(SegmentInfo segment, SegmentCatalog catalog)
    {
        if (segment.Unreadable is StorageException unreadable)
            throw unreadable;
        if (segment.Header is null)
            return ArchiveCatalog.List(_host.Files).Any(name => name.Sequence == segment.Sequence);
        _pace.Begin();
        // It may have been switched on since the store was opened.
        StoreLayout.EnsureDirectories(_host.Files, archives: true);
        SegmentHeader? next = catalog.Segments.Select(other => other.Header)
            .Where(header => header?.PreviousSequence == segment.Sequence).MaxBy(header => header!.PreviousEnd.Value);
        return Archive.TryAdd(segment, next is null ? SealedFrames.FindEnd(_paced, segment) : new LogPosition(next.PreviousEnd, next.PreviousLink));
    }

    private void SetAsideCopy(string path)
    {
        _quarantine.Move(path);
        _quarantine.TryRotate();
    }

    private void TrimArchive(SegmentCatalog catalog)
    {
        if (NeededFrom() is not Lsn neededFrom || Options is { ArchiveRetainFiles: 0, ArchiveRetainBytes: 0, ArchiveRetainSeconds: 0 })
            return;
        HashSet<long> inLog = [.. catalog.Segments.Where(segment => segment.Header is not null).Select(segment => segment.Sequence)];
        IReadOnlyList<ArchivedSegmentFile> removed = ArchiveRetentionPolicy.ChooseRemoved(ListArchive(), neededFrom, NeededSequence(), inLog, ArchiveRetention());
        foreach (ArchivedSegmentFile file in removed)
            _host.Files.Delete(file.Name.Path);
        if (removed.Count > 0)
            _host.Files.SyncDirectory(ArchiveName.Directory);
    }

    /// <summary>Of a file whose header cannot be read only the next one's time is known.</summary>
    private List<ArchivedSegmentFile> ListArchive()
    {
        List<ArchivedSegmentFile> files = [];
        long nextTime = long.MaxValue;
        foreach (ArchiveName name in ArchiveCatalog.List(_host.Files).Reverse())
        {
            if (_host.Files.TryGetLength(name.Path) is not long length)
                continue;
            if (Options.ArchiveRetainSeconds > 0 && ArchiveCatalog.TryReadHeader(_host.Files, name, _root.Current.StoreId, out _) is ArchiveHeader header)
                nextTime = header.LastTime == 0 ? header.Segment.Created : header.LastTime;
            files.Add(new ArchivedSegmentFile(name, length, nextTime));
        }

        files.Reverse();
        return files;
    }

    private LogRetention Retention() => new(Options.LogRetainBytes, Options.LogRetainSegments, Since(Options.LogRetainSeconds));

    private ArchiveRetention ArchiveRetention() => new(Options.ArchiveRetainFiles, Options.ArchiveRetainBytes, Since(Options.ArchiveRetainSeconds));

    /// <summary>The moment so many seconds ago; 0 seconds: none.</summary>
    public long Since(int seconds) => seconds == 0 ? long.MinValue : _host.Clock.GetTimestamp100Ns() - (seconds * TimeSpan.TicksPerSecond);
}
