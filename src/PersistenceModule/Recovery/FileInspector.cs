using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>Verifies the files that transactions have written: the log says what is in them, and they lie beside it.</summary>
internal static class FileInspector
{
    /// <summary>The report with what there is to say of these files.</summary>
    /// <param name="report">What was found of everything else.</param>
    /// <param name="directory">The store's directory.</param>
    /// <param name="progress">Told how it comes along.</param>
    /// <param name="stopping">Ends it.</param>
    public static IntegrityReport Complete(IntegrityReport report, string directory, Action<RecoveryProgress> progress, CancellationToken stopping)
    {
        (StoredFile[] damaged, int count) = Look(report, directory, progress, stopping);
        // Beside a writer one may have been replaced, and what it replaced been forgotten, while this one looked.
        if (damaged.Length > 0)
            damaged = [.. Look(report, directory, progress, stopping).Damaged.IntersectBy(damaged.Select(file => file.Lsn), file => file.Lsn)];
        return report with { FilesRead = count, Findings = report.Findings.Concat(damaged.Select(ToFinding)).ToArray() };
    }

    private static (StoredFile[] Damaged, int Count) Look(IntegrityReport report, string directory, Action<RecoveryProgress> progress, CancellationToken stopping)
    {
        try
        {
            using WalStore store = WalStore.OpenToVerify(directory, progress);
            IReadOnlyList<StoredFile> files = store.Files;
            return ([.. files.Where(file => !IsIntact(store, file, stopping))], files.Count);
        }
        catch (StoreException) when (!report.IsHealthy)
        {
            // Nobody knows what was in them.
            return ([], 0);
        }
    }

    private static bool IsIntact(WalStore store, StoredFile file, CancellationToken stopping)
    {
        try
        {
            return store.FileState.Verify(file.Name, stopping);
        }
        catch (StoreException e) when (e.Error == StoreError.StorageFailed)
        {
            return false;
        }
    }

    private static RecoveryFinding ToFinding(StoredFile file)
    {
        string path = $"files/{file.Name}";
        return new RecoveryFinding(FindingKind.FileDamaged, FindingSeverity.Error, $"'{path}' is not what was written to it, or is missing.") { File = path, Lsn = file.Lsn };
    }
}
