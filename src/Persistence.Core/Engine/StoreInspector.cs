using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Reads everything a store holds and verifies every checksum: ROOT's copies, every retained segment's header, frames and
/// records, the ones recovery no longer needs included, every archived segment, and every listed checkpoint from its first byte to its last. Takes
/// no lock on the store and writes nothing. Works beside a writer, whose changes meanwhile are not damage: what is
/// found while ROOT moves on is looked at again. What lies beside the log, as files that transactions have written, is for its
/// model to verify.
/// </summary>
public sealed class StoreInspector
{
    private const int AttemptsMax = 8;

    private readonly StoreHost _host;
    private readonly Action<RecoveryProgress>? _progress;
    private readonly List<RecoveryFinding> _findings = [];
    private readonly long _started;
    private RootReading _rootReading = new(null, null, [], Exists: false);
    private RootRecord _root = new();
    private int _checkpoints;
    private bool _unsupportedSegments;
    private bool _logIsReadable;

    private StoreInspector(StoreHost host, Action<RecoveryProgress>? progress)
    {
        _host = host;
        _progress = progress;
        _started = host.Clock.GetTimestamp();
    }

    /// <summary>Inspects a store.</summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="progress">Told how it comes along, or null; throwing from it ends the inspection.</param>
    /// <exception cref="StoreException">StoreNotFound, or the files cannot be listed or opened (AccessDenied, TooManyOpenFiles).</exception>
    public static IntegrityReport Inspect(StoreHost host, Action<RecoveryProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        StoreReader.RequireStore(host.Files, RecoveryMode.TolerateTail);
        host = StorePlacement.ForReading(host);
        for (int attempt = 1; ; attempt++)
        {
            long? generation = ReadGeneration(host.Files);
            IntegrityReport report = new StoreInspector(host, progress).Inspect();
            if (report.IsHealthy || attempt == AttemptsMax || ReadGeneration(host.Files) == generation)
                return report;
        }
    }

    private IntegrityReport Inspect()
    {
        LockOwner? writer = _host.FindWriter();
        InspectRoot();
        SegmentCatalog catalog = ReadCatalog();
        ArchiveInspector archive = new(_host.Files, _root.StoreId == default ? null : _root.StoreId, _findings);
        archive.Inspect();
        LogInspector log = new(_host.Files, _root, _findings, _progress);
        if (_unsupportedSegments)
            _findings.Add(new RecoveryFinding(FindingKind.Unsupported, FindingSeverity.Error, "The log was not verified: a newer version has written to it."));
        else if (catalog.Segments.Count > 0)
            log.Inspect(catalog with { Archived = archive.Whole });
        else
            _findings.Add(new RecoveryFinding(FindingKind.SequenceGap, FindingSeverity.Error, "There is no segment: the log is missing."));
        _logIsReadable = !_unsupportedSegments && !log.IsUnsupported;
        if (log.Chain.Count > 0)
            archive.FindGaps(log.Chain);
        InspectCheckpoints(log.EndLsn);
        ListStrangers(catalog);
        if (writer is not null)
            WriterAtWork.Note(_findings, writer);
        return new IntegrityReport
        {
            StoreId = _root.StoreId,
            Time = _host.Clock.GetUtcNow(),
            WasClean = _root.Clean,
            Epoch = _root.Epoch,
            FirstLsn = log.FirstLsn,
            EndLsn = log.EndLsn,
            ProvenLsn = log.ProvenLsn,
            SegmentsRead = log.Segments,
            FramesRead = log.Frames,
            RecordsRead = log.Records,
            LogBytesRead = log.Bytes,
            ArchivedSegmentsRead = archive.Files,
            ArchivedBytesRead = archive.Bytes,
            CheckpointsRead = _checkpoints,
            QuarantinedFiles = _host.Files.List(Quarantine.Directory).Count,
            Findings = _findings.ToArray(),
            Duration = _host.Clock.GetElapsedTime(_started),
        };
    }

    private static long? ReadGeneration(IFileSystem files)
    {
        try
        {
            return RootFile.Read(files).Believed?.Generation;
        }
        catch (StoreException e) when (e.Error is StoreError.UnsupportedFormatVersion or StoreError.StorageFailed)
        {
            return null;
        }
    }

    private void InspectRoot()
    {
        try
        {
            _rootReading = RootFile.Read(_host.Files);
        }
        catch (StoreException e) when (e.Error is StoreError.UnsupportedFormatVersion or StoreError.StorageFailed)
        {
            Add(e.Error == StoreError.StorageFailed ? FindingKind.RootLost : FindingKind.Unsupported, FindingSeverity.Error, e);
        }

        foreach (string defect in _rootReading.Defects)
            _findings.Add(new RecoveryFinding(FindingKind.RootCopyDamaged, FindingSeverity.Warning, defect) { File = RootFile.Name });
        if (_rootReading.Trusted is RootRecord trusted)
            _root = trusted;
        else
            GuessRoot();
    }

    /// <summary>Without ROOT the rest can be read all the same, from what the segments say of themselves.</summary>
    private void GuessRoot()
    {
        _findings.Add(new RecoveryFinding(FindingKind.RootLost, FindingSeverity.Error, "No copy of ROOT can be used.") { File = RootFile.Name });
        try
        {
            _root = RootRebuilder.Rebuild(_host.Files);
        }
        catch (StoreException)
        {
            // Then every file is reported by itself.
        }
    }

    /// <summary>What would refuse to open the store is listed instead.</summary>
    private SegmentCatalog ReadCatalog() => SegmentCatalog.Read(_host.Files, _root.StoreId == default ? null : _root.StoreId, refused =>
    {
        _unsupportedSegments |= refused.Error == StoreError.UnsupportedFormatVersion;
        Add(refused.Error == StoreError.StoreMismatch ? FindingKind.ForeignFile : FindingKind.Unsupported, FindingSeverity.Error, refused);
    });

    private void InspectCheckpoints(Lsn logEnd)
    {
        HashSet<long> known = [.. _root.Checkpoints.Select(checkpoint => checkpoint.Id), .. (_rootReading.Other?.Checkpoints ?? []).Select(checkpoint => checkpoint.Id)];
        foreach (RootCheckpoint listed in _root.Checkpoints)
            InspectCheckpoint(listed, logEnd);
        foreach (FileEntry entry in _host.Files.List(CheckpointNames.Directory))
        {
            string path = $"{CheckpointNames.Directory}/{entry.Name}";
            if (entry.Kind != FileEntryKind.File || !CheckpointNames.TryParse(entry.Name, out long id, out _))
                AddStranger(path);
            else if (!known.Contains(id))
                _findings.Add(new RecoveryFinding(FindingKind.CheckpointUnlisted, FindingSeverity.Information, $"Checkpoint '{path}' is not listed in ROOT.") { File = path });
        }
    }

    private void InspectCheckpoint(RootCheckpoint listed, Lsn logEnd)
    {
        string path = CheckpointNames.Path(listed);
        try
        {
            using IFile file = _host.Files.Open(path, FileIntent.Read);
            CheckpointReader reader = CheckpointReader.Open(file, _root.StoreId, listed.Id);
            reader.ReadItems(static (_, _, _) => { });
            if (reader.FileCrc != listed.FileCrc || reader.Footer.RedoFrom != listed.RedoFrom)
                throw CheckpointErrors.Invalid(path, 0, "it is not the checkpoint ROOT lists");
            if (listed.End > logEnd && _logIsReadable)
            {
                _findings.Add(new RecoveryFinding(
                    FindingKind.CheckpointInvalid, FindingSeverity.Error,
                    $"Checkpoint '{path}' is whole and cannot be used: it needs the log up to LSN {listed.End}, and the log ends at {logEnd}.")
                { File = path, Lsn = logEnd });
            }

            _checkpoints++;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            _findings.Add(new RecoveryFinding(FindingKind.CheckpointInvalid, FindingSeverity.Error, $"Checkpoint '{path}' is listed in ROOT and missing.") { File = path });
        }
        catch (StoreException e) when (e.Error is StoreError.CheckpointInvalid or StoreError.StorageFailed)
        {
            Add(FindingKind.CheckpointInvalid, FindingSeverity.Error, e);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreMismatch)
        {
            Add(FindingKind.ForeignFile, FindingSeverity.Error, e);
        }
        catch (StoreException e) when (e.Error is StoreError.UnsupportedFormatVersion or StoreError.CompressionUnavailable)
        {
            Add(FindingKind.Unsupported, FindingSeverity.Error, e);
        }
    }

    private void ListStrangers(SegmentCatalog catalog)
    {
        foreach (string name in StoreLayout.FindUnknown(_host.Files))
            AddStranger(name);
        foreach (string path in catalog.Others)
            AddStranger(path);
        foreach (FileEntry entry in _host.Files.List(ArchiveName.Directory).Where(entry => entry.Kind != FileEntryKind.File || !ArchiveName.TryParse(entry.Name, out _)))
            AddStranger($"{ArchiveName.Directory}/{entry.Name}");
        foreach (FileEntry entry in _host.Files.List(AtomicFile.StagingDirectory))
        {
            string path = $"{AtomicFile.StagingDirectory}/{entry.Name}";
            _findings.Add(new RecoveryFinding(FindingKind.Leftover, FindingSeverity.Information, $"'{path}' belongs to an operation that is going on, or was cut short.") { File = path });
        }
    }

    private void AddStranger(string path) =>
        _findings.Add(new RecoveryFinding(FindingKind.UnknownFile, FindingSeverity.Information, $"'{path}' is none of the store's own files.") { File = path });

    private void Add(FindingKind kind, FindingSeverity severity, StoreException e) =>
        _findings.Add(new RecoveryFinding(kind, severity, e.Message) { File = e.File, Offset = e.Offset, Lsn = e.Position is long position ? new Lsn(position) : null });
}
