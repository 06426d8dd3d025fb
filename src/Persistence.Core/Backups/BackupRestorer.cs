using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Files;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>Makes a new store of a backup: what a recovery would rebuild of it, written anew.</summary>
internal sealed class BackupRestorer(BackupChain chain, StoreHost destination, StoreOptions options, StateModels models, Action<BackupProgress>? progress, RecoveryTarget? target, CancellationToken stop)
{
    private readonly BackupView _view = new(chain);
    private readonly List<string> _placesLeftOut = [];

    /// <summary>Verifies, rebuilds and, unless it is only planned, writes.</summary>
    /// <param name="isPlanned">Only say what would be restored; the directory is looked at all the same.</param>
    public RecoveryReport Restore(bool isPlanned)
    {
        StoreFounder.RequireEmpty(destination.Files);
        new BackupVerifier(destination, chain, progress, stop).VerifyFiles();
        StoreReader reader = new(destination with { Files = _view }, models, RecoveryMode.Strict, made => Report(BackupPhase.Rebuilding, made.BytesDone, made.BytesTotal), target);
        RebuiltState rebuilt = reader.Read();
        try
        {
            FoundingPoint point = FoundingPoint.Of(reader.Root, reader.Plan!, rebuilt.End.Position);
            RootRecord? root = isPlanned ? null : Found(point);
            RecoveryReport report = reader.Report(rebuilt, applied: !isPlanned, point.Epoch + 1, Describe(point, root), []);
            return report with { StoreId = root?.StoreId ?? reader.Root.StoreId, Findings = report.Findings.Select(finding => OfRestoring(finding, report)).ToArray() };
        }
        finally
        {
            models.Reset();
        }
    }

    private RootRecord Found(FoundingPoint point) =>
        new StoreFounder(destination, options, models, (done, total) => Report(BackupPhase.Writing, done, total)).Found(point, PlaceFiles);

    private void PlaceFiles()
    {
        foreach (FileState state in models.All.OfType<FileState>())
        {
            foreach (StoredFile file in state.List())
                Place(state, file);
        }

        PlaceConfiguration();
    }

    private void Place(FileState state, StoredFile file)
    {
        string path = FileNames.Path(file.Name);
        using IFile target = destination.Files.Open(path, FileIntent.CreateNew);
        if (!FileContentCopier.TryCopy(state, file, _view, target, _ => stop.ThrowIfCancellationRequested()))
            throw BackupErrors.Damaged(path, 0, "it is not what was written to it");
        target.Sync();
    }

    /// <summary>Whoever has put one there already knows better. Where the old store's directories lie counts for that store only: those of the new one are in it.</summary>
    private void PlaceConfiguration()
    {
        if (chain.Newest.Files.All(static file => file.Path != BackupPaths.Configuration) || destination.Files.List("").Any(static entry => entry.Name == BackupPaths.Configuration))
            return;
        using IFile file = _view.Open(BackupPaths.Configuration, FileIntent.Read);
        byte[] content = new byte[file.GetLength()];
        AtomicFile.Write(destination.Files, BackupPaths.Configuration, WithoutPlaces(content[..file.Read(content, 0)]));
    }

    /// <summary>Its directories lie in the new store, and the places are the old one's. What is no TOML stays as it is, for a person to mend.</summary>
    private byte[] WithoutPlaces(byte[] content)
    {
        try
        {
            string text = ConfigurationText.Decode(content);
            foreach (ConfigurationKey key in ConfigurationKeys.All.OfType<PathKey>())
            {
                string without = TomlEditor.Remove(text, key.Section, key.Name);
                if (without != text)
                    _placesLeftOut.Add(key.ToString());
                text = without;
            }

            return _placesLeftOut.Count == 0 ? content : ConfigurationText.Encode(text);
        }
        catch (ConfigurationException)
        {
            return content;
        }
    }

    /// <summary>What a store keeps in its log when it goes back, one that is made anew does not have.</summary>
    private static RecoveryFinding OfRestoring(RecoveryFinding finding, RecoveryReport report) => finding.Kind == FindingKind.HistoryLeft
        ? finding with { Message = $"Of the history in the backup {LeftOutRecords.Describe(report.RecordsLeftOut)} left out. What is left out is in the backup only." }
        : finding;

    private List<string> Describe(FoundingPoint point, RootRecord? root)
    {
        string source = $"the state of store {chain.Newest.Root.StoreId} at LSN {point.Position.Lsn}, from backup {chain.Newest.Id}";
        string[] places = _placesLeftOut.Count == 0 ? [] : [$"Left out of '{BackupPaths.Configuration}': {string.Join(", ", _placesLeftOut)}. All directories are in the new store, and those places are the old one's."];
        return root is null
            ? [$"A new store would be made of {source}. Its log would begin at LSN {point.FreeLsn}, in epoch {point.Epoch + 1}."]
            : [$"Store {root.StoreId} was made of {source}.", $"Its log begins at LSN {root.ActiveFirstLsn}, in epoch {root.Epoch}; what the old log had before is in the backup only.", .. places];
    }

    private void Report(BackupPhase phase, long done, long total)
    {
        stop.ThrowIfCancellationRequested();
        progress?.Invoke(new BackupProgress(phase, done, total));
    }
}
