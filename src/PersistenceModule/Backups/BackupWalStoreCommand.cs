using System.Management.Automation;
using Persistence.Backups;

namespace PersistenceModule;

/// <summary>Backup-WalStore: takes a backup of a store, whoever has it open.</summary>
[Cmdlet(VerbsData.Backup, "WalStore", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(BackupInfo))]
public sealed class BackupWalStoreCommand : StoreCmdlet
{
    /// <summary>The directory that holds the backups; each gets one of its own in it.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>Take only what came after the newest backup there.</summary>
    [Parameter]
    public SwitchParameter Incremental { get; set; }

    /// <summary>The backup to build on instead of the newest.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Parent { get; set; }

    /// <summary>Take all of the log that there is, the archive too.</summary>
    [Parameter]
    public SwitchParameter IncludeArchive { get; set; }

    private protected override void Process() => ForEachTarget(target =>
    {
        string folder = StorePaths.ResolveDestination(this, Destination);
        RequireOutside(target.Directory, folder);
        if (ShouldProcess(target.Directory, $"Back up to '{folder}'"))
            Into(folder, () => Take(target, folder));
    });

    private void Take(StoreTarget target, string folder)
    {
        // What this process has acknowledged and not flushed yet belongs into it.
        if ((target.Store ?? FindOpenWriter(target.Directory)) is { IsOpen: true, IsReadOnly: false } writer)
            writer.Engine.Flush();
        using ProgressReporter progress = StartProgress($"Backing up '{target.Directory}'");
        using BackupOnDisk? parent = OpenParent(target.Directory, folder);
        BackupInfo backup = StoreBackups.Take(target.Directory, folder, parent, new BackupRequest
        {
            IncludeArchive = IncludeArchive,
            Stop = StopToken,
            Progress = made => progress.Report(made.Phase.ToString(), made.Done, made.Total),
        });
        WriteVerbose($"Backup {backup.Id} in '{backup.Path}' holds what was committed before LSN {backup.Position}.");
        WriteObject(backup);
    }

    private BackupOnDisk? OpenParent(string store, string folder)
    {
        if (Parent is not null)
            return BackupDirectories.Open(StorePaths.ResolveLiteral(this, Parent));
        return Incremental ? StoreBackups.OpenNewest(store, folder) : null;
    }

    private static void RequireOutside(string store, string folder)
    {
        string relative = System.IO.Path.GetRelativePath(store, folder).Replace('\\', '/');
        if (relative == "." || !(relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(relative)))
            throw ErrorRecords.BackupInsideStore(folder, store);
    }
}
