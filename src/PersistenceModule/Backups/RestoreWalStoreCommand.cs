using System.Management.Automation;
using Persistence.Backups;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;

namespace PersistenceModule;

/// <summary>Restore-WalStore: makes a new store of a backup; with -WhatIf the backup is verified, and nothing written.</summary>
[Cmdlet(VerbsData.Restore, "WalStore", DefaultParameterSetName = NewestSet, SupportsShouldProcess = true)]
[OutputType(typeof(RecoveryReport))]
public sealed class RestoreWalStoreCommand : WalCmdlet
{
    private const string NewestSet = "Newest";
    private const string ToLsnSet = "ToLsn";
    private const string ToTimeSet = "ToTime";

    /// <summary>The backup's directory, or the one that holds backups: then the newest of them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "";

    /// <summary>The directory of the new store: an empty one, or one that does not exist.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The state as of this position.</summary>
    [Parameter(ParameterSetName = ToLsnSet, Mandatory = true)]
    [ValidateRange(1, long.MaxValue)]
    public long ToLsn { get; set; }

    /// <summary>The state as of this time.</summary>
    [Parameter(ParameterSetName = ToTimeSet, Mandatory = true)]
    public DateTimeOffset ToTime { get; set; }

    private RecoveryTarget? Target => ParameterSetName switch
    {
        ToLsnSet => RecoveryTarget.ToLsn(new Lsn(ToLsn)),
        ToTimeSet => RecoveryTarget.ToTime(ToTime),
        _ => null,
    };

    private protected override void Process() => ForOne(Source, null, () =>
    {
        string source = StorePaths.ResolveLiteral(this, Source);
        string destination = StorePaths.ResolveDestination(this, Destination);
        ForOne(Source, source, () => Into(destination, () => RestoreOrPlan(source, destination)));
    });

    private void RestoreOrPlan(string source, string destination)
    {
        using BackupOnDisk backup = BackupDirectories.Open(source);
        using ProgressReporter progress = StartProgress($"Restoring '{backup.Info.Path}'");
        if (ShouldProcess(destination, $"Restore from '{backup.Info.Path}'"))
            Restore(backup, destination, progress);
        else if (IsWhatIf)
            Plan(backup, destination, progress);
    }

    private void Restore(BackupOnDisk backup, string destination, ProgressReporter progress)
    {
        StoreHost host = StoreHost.ForNewDirectory(destination);
        try
        {
            RecoveryReport report = StoreBackup.Restore(backup.Chain, host, new StoreOptions(), WalStore.CreateModels(), made => Report(progress, made), Target, StopToken);
            StoreOpening.Tell(this, report);
            WriteObject(StoreOutput.Of(destination, report));
        }
        finally
        {
            WalStore.Release(host);
        }
    }

    /// <summary>The directory of the new store need not be there, and is not made.</summary>
    private void Plan(BackupOnDisk backup, string destination, ProgressReporter progress)
    {
        StoreHost host = StoreHost.ForDirectory(Directory.Exists(destination) ? destination : backup.Info.Path!);
        try
        {
            StoreHost target = Directory.Exists(destination) ? host : host with { Files = new SimulatedFileSystem() };
            WriteObject(StoreBackup.PlanRestore(backup.Chain, target, WalStore.CreateModels(), made => Report(progress, made), Target, StopToken));
        }
        finally
        {
            WalStore.Release(host);
        }
    }

    private static void Report(ProgressReporter progress, BackupProgress made) => progress.Report(made.Phase.ToString(), made.Done, made.Total);
}
