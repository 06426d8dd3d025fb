using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Repair;

namespace PersistenceModule;

/// <summary>Repair-Wal: makes a store usable that opening refuses; with -WhatIf it reports what would be done.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "Wal", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(RepairReport))]
public sealed class RepairWalCommand : WalCmdlet
{
    private OptionOverrides _given = OptionOverrides.None;

    /// <summary>Directories of stores; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [StorePathTransformation]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Directories of stores, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>How.</summary>
    [Parameter(Mandatory = true)]
    public RepairMode Mode { get; set; }

    /// <summary>Of a salvage: the directory of the new store, an empty one, or one that does not exist.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>How long to wait for another writer to leave; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    private protected override void Begin() => _given = GivenLockTimeout(LockTimeout);

    private protected override void Process()
    {
        foreach (string path in Path ?? [])
            ForOne(path, null, () => RepairEach(StorePaths.Resolve(this, path)));
        foreach (string path in LiteralPath ?? [])
            ForOne(path, null, () => RepairEach([StorePaths.ResolveLiteral(this, path)]));
    }

    private void RepairEach(string[] directories)
    {
        foreach (string directory in directories)
            ForOne(directory, directory, () => Repair(directory));
    }

    private void Repair(string directory)
    {
        using ProgressReporter progress = StartProgress($"Repairing '{directory}'");
        bool isWanted = ShouldProcess(directory, $"Repair in mode {Mode}");
        if (!isWanted && !IsWhatIf)
            return;
        RepairRequest request = new()
        {
            Mode = Mode,
            Models = WalStore.CreateModels,
            Given = _given,
            IsPlan = !isWanted,
            Progress = progress.Report,
        };
        if (Mode == RepairMode.Salvage && isWanted)
            SalvageInto(StorePaths.ResolveDestination(this, Destination ?? throw ErrorRecords.SalvageNeedsDestination()), directory, request);
        else
            WriteObject(StoreOutput.Of(directory, WalStore.With(directory, host => StoreRepair.Run(host with { StopWaiting = StopToken }, request))));
    }

    private void SalvageInto(string path, string directory, RepairRequest request) => Into(path, () => WriteObject(StoreOutput.Of(directory, Salvage(path, directory, request))));

    private static RepairReport Salvage(string path, string directory, RepairRequest request)
    {
        StoreHost destination = StoreHost.ForNewDirectory(path);
        try
        {
            return WalStore.With(directory, host => StoreRepair.Run(host, request with { Destination = destination }));
        }
        finally
        {
            WalStore.Release(destination);
        }
    }
}
