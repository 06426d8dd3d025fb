using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>Reads backups: every byte against its checksum, and then, as if it were a store, whether a store comes of it.</summary>
internal sealed class BackupVerifier(StoreHost host, BackupChain chain, Action<BackupProgress>? progress, CancellationToken stop)
{
    private readonly byte[] _piece = new byte[1 << 20];
    private long _done;

    private long BytesTotal => chain.Newest.BytesTotal;

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<RecoveryFinding> FindDamage()
    {
        List<RecoveryFinding> findings = [];
        foreach ((IFileSystem directory, BackupManifest manifest) in chain.Links)
        {
            foreach (BackupFile file in manifest.Files.Where(static file => !file.IsInherited))
                Note(findings, () => VerifyFile(directory, file));
        }

        if (findings.Count == 0)
            Note(findings, VerifyState);
        if (findings.Count == 0)
            Note(findings, VerifyLog);
        return findings;
    }

    /// <exception cref="StoreException">BackupInvalid at the first byte that is not what it was.</exception>
    public void VerifyFiles()
    {
        foreach ((IFileSystem directory, BackupManifest manifest) in chain.Links)
            VerifyFiles(directory, manifest);
    }

    /// <summary>Verifies a backup that was just taken; its parents are read, but their files are not all verified again.</summary>
    public void VerifyNewest()
    {
        VerifyFiles(chain.Links[^1].Directory, chain.Newest);
        VerifyState();
    }

    /// <summary>Verifies frames that no state needs.</summary>
    /// <exception cref="StoreException">ChecksumMismatch.</exception>
    public void VerifyLog(SegmentRange range) => VerifyFrames(range, LogDamaged);

    private static StoreException LogDamaged(SegmentPiece piece, SegmentReader reader, FrameDefect defect) => new(
        StoreError.ChecksumMismatch,
        $"The log is damaged at offset {reader.Offset} of '{piece.Source.Path}' (LSN {reader.NextLsn}): {FrameDefects.Describe(defect)}. The state does not need it: a backup without the archive can be taken.")
    { File = piece.Source.Path, Offset = reader.Offset, Position = reader.NextLsn.Value };

    private void VerifyFiles(IFileSystem directory, BackupManifest manifest)
    {
        foreach (BackupFile file in manifest.Files.Where(static file => !file.IsInherited))
            VerifyFile(directory, file);
    }

    private void VerifyFile(IFileSystem directory, BackupFile expected)
    {
        using IFile file = Open(directory, expected.Path);
        long length = file.GetLength();
        if (length != expected.Length)
            throw BackupErrors.Damaged(expected.Path, Math.Min(length, expected.Length), $"it has {length} bytes instead of {expected.Length}");
        uint crc = 0;
        for (long offset = 0; offset < length;)
        {
            int read = file.Read(_piece.AsSpan(0, (int)Math.Min(_piece.Length, length - offset)), offset);
            if (read == 0)
                throw BackupErrors.Damaged(expected.Path, offset, "it ends early");
            crc = Crc32C.Append(crc, _piece.AsSpan(0, read));
            offset += read;
            Report(BackupPhase.Verifying, _done += read, BytesTotal);
        }

        if (crc != expected.Crc)
            throw BackupErrors.Damaged(expected.Path, 0, "its bytes do not match their checksum");
    }

    private static IFile Open(IFileSystem directory, string path)
    {
        try
        {
            return directory.Open(path, FileIntent.Read);
        }
        catch (StorageException e) when (e.Fault is StorageFault.NotFound or StorageFault.WrongKind or StorageFault.LinkRefused)
        {
            throw BackupErrors.Damaged(path, 0, "it is missing", e);
        }
    }

    /// <summary>Reads the backup as a store is read when it is opened.</summary>
    private void VerifyState()
    {
        FileState files = new();
        StateModels models = new(PassiveState.ForAll().Append(files));
        RebuiltState rebuilt = new StoreReader(host with { Files = new BackupView(chain) }, models, RecoveryMode.Strict, made => Report(BackupPhase.Verifying, made.BytesDone, made.BytesTotal)).Read();
        if (rebuilt.End.Position != chain.Newest.Position)
            throw BackupErrors.Invalid($"The log of the backup ends at LSN {rebuilt.End.Position.Lsn}, and not at {chain.Newest.Position.Lsn} as it says.");
        HashSet<(string Path, long Length, uint Crc, Lsn Lsn)> listed =
            [.. chain.Newest.Files.Where(static file => BackupPaths.IsFile(file.Path)).Select(static file => (file.Path, file.Length, file.Crc, file.Lsn))];
        if (!listed.SetEquals(files.List().Select(static file => (FileNames.Path(file.Name), file.Length, file.Crc, file.Lsn))))
            throw BackupErrors.Invalid("The files of the backup are not those that belong to its state.");
        foreach (BackupFile file in chain.Newest.Files.Where(static file => file.IsInherited))
            chain.FindPieces(file);
    }

    /// <summary>What the state does not need, too: a frame of another store that has the same records leaves the file's sum as it was.</summary>
    private void VerifyLog()
    {
        RootRecord root = chain.Newest.Root;
        SegmentCatalog catalog = SegmentCatalog.Read(new BackupView(chain), root.StoreId);
        LogPath log = RecoveryPlan.Decide(root, catalog, RecoveryMode.Strict).Current;
        VerifyFrames(SegmentRange.All(log.Segments, chain.Newest.Position), static (piece, reader, defect) =>
            BackupErrors.Damaged(piece.Segment.Path, reader.Offset, FrameDefects.Describe(defect)));
    }

    private void VerifyFrames(SegmentRange range, Func<SegmentPiece, SegmentReader, FrameDefect, StoreException> damaged)
    {
        BackupView view = new(chain);
        foreach (SegmentPiece piece in range.Pieces)
        {
            using IFile file = view.Open(SegmentNames.Path(piece.Segment.Sequence), FileIntent.Read);
            using ReadWindow window = new(file);
            SegmentReader reader = new(window, piece.Segment.Header!, piece.To, SegmentHeader.Bytes, piece.Segment.Header!.PreviousLink);
            while (!reader.AtLimit)
            {
                stop.ThrowIfCancellationRequested();
                if (reader.Read() is FrameDefect defect && defect != FrameDefect.None)
                    throw damaged(piece, reader, defect);
            }
        }
    }

    private void Report(BackupPhase phase, long done, long total)
    {
        stop.ThrowIfCancellationRequested();
        progress?.Invoke(new BackupProgress(phase, done, total));
    }

    private static void Note(List<RecoveryFinding> findings, Action verify)
    {
        try
        {
            verify();
        }
        catch (StoreException e)
        {
            findings.Add(new RecoveryFinding(FindingKind.BackupDamaged, FindingSeverity.Error, e.Message) { File = e.File, Offset = e.Offset, Lsn = e.Position is long position ? new Lsn(position) : null });
        }
    }
}
