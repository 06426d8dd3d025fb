using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>The reading half of opening, shared by writers, readers and WhatIf: decides and rebuilds in memory, writes nothing.</summary>
internal sealed class StoreReader
{
    private readonly StoreHost _host;
    private readonly StateModels _models;
    private readonly RecoveryMode _mode;
    private readonly Action<RecoveryProgress>? _progress;
    private readonly RecoveryTarget? _target;
    private readonly long _started;

    public StoreReader(StoreHost host, StateModels models, RecoveryMode mode, Action<RecoveryProgress>? progress, RecoveryTarget? target = null)
    {
        _host = host;
        _models = models;
        _mode = mode;
        _progress = progress;
        _target = target;
        _started = host.Clock.GetTimestamp();
    }

    /// <summary>What is rebuilt.</summary>
    public StateModels Models => _models;

    /// <summary>Everything noteworthy so far.</summary>
    public List<RecoveryFinding> Findings { get; } = [];

    /// <summary>ROOT as it was read.</summary>
    public RootReading RootReading { get; private set; } = new(null, null, [], Exists: false);

    /// <summary>ROOT as it is believed, or as it was rebuilt.</summary>
    public RootRecord Root { get; private set; } = new();

    /// <summary>Whether ROOT had to be rebuilt.</summary>
    public bool RootRebuilt { get; private set; }

    public SegmentCatalog Catalog { get; private set; } = new([], [], []);

    public RecoveryPlan? Plan { get; private set; }

    /// <summary>Whether the last writer closed the store and the log ends where it said.</summary>
    public bool WasClean { get; private set; }

    /// <summary>Records of the current history that do not count at the target; null without one, or when they could not be counted.</summary>
    public long? RecordsLeftOut { get; private set; }

    /// <summary>Refuses what is not a store, before anything is locked or created.</summary>
    public static void RequireStore(IFileSystem files, RecoveryMode mode)
    {
        StoreContent content = StoreLayout.Classify(files);
        if (content == StoreContent.FoundingCutShort)
            throw new StoreException(StoreError.StoreNotFound, "The directory does not hold a store: restoring one into it was cut short. Restore it again.");
        if (content is StoreContent.Empty or StoreContent.CreationCutShort or StoreContent.Foreign)
            throw new StoreException(StoreError.StoreNotFound, "The directory does not hold a store. Create one first.");
        if (content == StoreContent.StoreWithoutRoot && mode == RecoveryMode.Strict)
            throw StoreCreator.RootLost();
    }

    /// <summary>Refuses a store that this version may read and not write.</summary>
    public void RequireWritable()
    {
        if (Root.ReadOnlyCompatibleFeatures != 0)
        {
            throw new StoreException(
                StoreError.UnsupportedFormatVersion, $"ROOT has feature flags {Root.ReadOnlyCompatibleFeatures:X} that this version does not know: it may read this store and not write it.")
            { File = RootFile.Name };
        }
    }

    /// <summary>Reads, plans and rebuilds. When it throws, the models are empty: part of a state is never left in them.</summary>
    /// <param name="writer">Who has the store open for writing meanwhile, or null.</param>
    public RebuiltState Read(LockOwner? writer = null)
    {
        try
        {
            RebuiltState rebuilt = ReadState();
            NoteHowItWasLeft(writer, rebuilt.End);
            return rebuilt;
        }
        catch
        {
            _models.Reset();
            throw;
        }
    }

    private RebuiltState ReadState()
    {
        _progress?.Invoke(new RecoveryProgress(RecoveryPhase.Started, 0, 0, 0));
        ReadRoot();
        Catalog = SegmentCatalog.Read(_host.Files, Root.StoreId);
        RebuiltState rebuilt = Rebuild();
        NoteWhatIsNotNeeded();
        NoteWhatIsLeftOut(rebuilt);
        WasClean = rebuilt.End.Kind == TailKind.CleanEnd;
        _progress?.Invoke(new RecoveryProgress(RecoveryPhase.Validating, rebuilt.Counts.Bytes, rebuilt.Counts.Bytes, rebuilt.Counts.Records));
        Validate();
        _progress?.Invoke(new RecoveryProgress(RecoveryPhase.Completed, rebuilt.Counts.Bytes, rebuilt.Counts.Bytes, rebuilt.Counts.Records));
        return rebuilt;
    }

    /// <summary>From the log alone, and if that does not do, with the archive.</summary>
    private RebuiltState Rebuild()
    {
        int known = Findings.Count;
        try
        {
            return RebuildFrom(Catalog);
        }
        catch (StoreException e) when (e.Error is StoreError.SequenceGap or StoreError.ChecksumMismatch or StoreError.CheckpointInvalid or StoreError.StorageFailed or StoreError.LogTruncated or StoreError.PositionNotInLog)
        {
            if (ReadArchive() is not { Count: > 0 } archived)
                throw;
            Findings.RemoveRange(known, Findings.Count - known);
            return RebuildFrom(Catalog with { Archived = archived });
        }
    }

    private RebuiltState RebuildFrom(SegmentCatalog catalog)
    {
        Plan = RecoveryPlan.Decide(Root, catalog, _mode, FindTarget(catalog));
        Findings.AddRange(Plan.Findings);
        RebuiltState rebuilt = new StateRebuilder(_host.Files, Root, _mode, _models, Findings, _progress).Rebuild(Plan);
        foreach (SegmentInfo segment in rebuilt.Start.Segments.Where(segment => segment.Archived is not null))
            NoteArchived(segment);
        return rebuilt;
    }

    private IReadOnlyList<SegmentInfo> ReadArchive() => ArchiveCatalog.Read(_host.Files, Root.StoreId, Lsn.None).Segments;

    /// <summary>That the log has let go of old segments is as it should be; what recovery may need it was to keep.</summary>
    private void NoteArchived(SegmentInfo segment)
    {
        string path = SegmentNames.Path(segment.Sequence);
        bool isRetired = segment.Sequence < Root.OldestNeededSequence;
        Findings.Add(new RecoveryFinding(
            FindingKind.ArchivedCopyUsed, isRetired ? FindingSeverity.Information : FindingSeverity.Warning,
            $"Segment '{path}' is {(isRetired ? "no longer in the log" : "missing, or its header is damaged")}; its archived copy '{segment.Path}' was used.")
        { File = path, Lsn = segment.Header!.FirstFrameLsn });
    }

    /// <summary>The position that stands for the target, or null for the end of the log.</summary>
    private Lsn? FindTarget(SegmentCatalog catalog) => _target switch
    {
        { Time: DateTimeOffset time } => new TimeTarget(_host.Files, Root, RecoveryPlan.Decide(Root, catalog, _mode).Path, _mode, Findings, time).Find(),
        { CheckpointId: long id } => (Root.Checkpoints.FirstOrDefault(checkpoint => checkpoint.Id == id) ?? throw NoCheckpoint(id)).End,
        _ => _target?.Lsn,
    };

    private static StoreException NoCheckpoint(long id) => new(StoreError.CheckpointNotFound, $"There is no published checkpoint {id}.");

    private void NoteWhatIsLeftOut(RebuiltState rebuilt)
    {
        if (_target is null)
            return;
        RecordsLeftOut = LeftOutRecords.TryCount(_host.Files, Plan!.Current, Plan.Path, rebuilt.End.Position.Lsn);
        if (RecordsLeftOut != 0)
            Findings.Add(new RecoveryFinding(FindingKind.HistoryLeft, FindingSeverity.Information, $"Of the current history {LeftOutRecords.Describe(RecordsLeftOut)} left out. What is left out stays in the log until retention takes it, and can be gone back to by its LSN.") { Lsn = rebuilt.End.Position.Lsn });
    }

    public RecoveryReport Report(RebuiltState rebuilt, bool applied, long epoch, IReadOnlyList<string> actions, IReadOnlyList<string> quarantined) => new()
    {
        StoreId = Root.StoreId,
        Time = _host.Clock.GetUtcNow(),
        Mode = _mode,
        Target = _target,
        ReachedTime = rebuilt.LastTimestamp is long time ? Timestamps.ToInstant(time) : null,
        RecordsLeftOut = RecordsLeftOut,
        WasClean = WasClean,
        Applied = applied,
        CheckpointId = rebuilt.Start.Checkpoint?.Id,
        RedoFrom = rebuilt.Start.RedoFrom,
        EndLsn = rebuilt.End.Position.Lsn,
        ProvenLsn = rebuilt.End.ProvenLsn,
        RecordsReplayed = rebuilt.Counts.Records,
        FramesRead = rebuilt.Counts.Frames,
        ItemsLoaded = rebuilt.Counts.Items,
        SegmentsRead = rebuilt.Counts.Segments,
        Epoch = epoch,
        Findings = Findings.ToArray(),
        Quarantined = quarantined,
        Actions = actions,
        Duration = _host.Clock.GetElapsedTime(_started),
    };

    private void ReadRoot()
    {
        RootReading = RootFile.Read(_host.Files);
        foreach (string defect in RootReading.Defects)
            Findings.Add(new RecoveryFinding(FindingKind.RootCopyDamaged, FindingSeverity.Warning, defect) { File = RootFile.Name });
        if (RootReading.Trusted is RootRecord trusted)
        {
            Root = trusted;
            return;
        }

        if (_mode == RecoveryMode.Strict)
            throw StoreCreator.RootLost();
        Root = RootRebuilder.Rebuild(_host.Files);
        RootRebuilt = true;
        Findings.Add(new RecoveryFinding(
            FindingKind.RootLost, FindingSeverity.Error, "ROOT was rebuilt from segments and checkpoints. That a newest segment is missing cannot be excluded.")
        { File = RootFile.Name });
    }

    private void NoteHowItWasLeft(LockOwner? writer, LogEnd end)
    {
        const string notClosed = "The last writer did not close the store.";
        if (writer is not null)
            WriterAtWork.Note(Findings, writer);
        else if (end.Kind == TailKind.Target)
            return;
        else if (end.Kind == TailKind.EndOfLog)
            Findings.Insert(0, new RecoveryFinding(FindingKind.UncleanShutdown, FindingSeverity.Information, $"{notClosed} The log ends at LSN {end.Position.Lsn}; whether a write after it was lost whole cannot be told.") { Lsn = end.Position.Lsn });
        else if (!WasClean)
            Findings.Insert(0, new RecoveryFinding(FindingKind.UncleanShutdown, FindingSeverity.Information, notClosed));
    }

    private void NoteWhatIsNotNeeded()
    {
        foreach (SegmentInfo segment in Catalog.Segments.Where(segment => segment.Header is null && !Plan!.NeverUsed.Contains(segment)))
            Note(FindingKind.DamageNotNeeded, FindingSeverity.Warning, segment.Path, $"has a header that is damaged or cannot be read; the state does not depend on it, but the log before LSN {Plan!.OldestReadableLsn} can no longer be read");
        NoteGap();
        foreach (string path in StoreLayout.FindUnknown(_host.Files).Concat(Catalog.Others))
            Note(FindingKind.UnknownFile, FindingSeverity.Information, path, "is not a file of the store and was ignored");
        foreach (string path in StoreLayout.FindStagingLeftovers(_host.Files))
            Note(FindingKind.Leftover, FindingSeverity.Information, path, "was left by an operation cut short, unless one is under way");
    }

    /// <summary>Retention removes what lies below the oldest needed segment; what is missing from there on was lost.</summary>
    private void NoteGap()
    {
        SegmentHeader oldest = Plan!.StartingPoints[^1].Segments[0].Header!;
        if (Plan.Gap is StoreException gap && oldest.PreviousSequence >= Root.OldestNeededSequence && Findings.All(finding => finding.File != gap.File) && !IsArchived(oldest))
            Findings.Add(new RecoveryFinding(FindingKind.SequenceGap, FindingSeverity.Warning, $"{gap.Message} The state does not depend on it, but the log before LSN {Plan.OldestReadableLsn} can no longer be read.") { File = gap.File });
    }

    private bool IsArchived(SegmentHeader oldest) => ReadArchive().Any(segment =>
        segment.Sequence == oldest.PreviousSequence && segment.Archived!.End == new LogPosition(oldest.PreviousEnd, oldest.PreviousLink));

    private void Note(FindingKind kind, FindingSeverity severity, string path, string what) =>
        Findings.Add(new RecoveryFinding(kind, severity, $"'{path}' {what}.") { File = path });

    private void Validate()
    {
        foreach (IStateModel model in _models.All)
        {
            foreach (string violation in model.FindViolations())
                throw new StoreException(StoreError.MalformedData, $"The rebuilt {model.Id} state breaks its own rules: {violation}");
        }
    }
}
