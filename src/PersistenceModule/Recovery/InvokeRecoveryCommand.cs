using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Recovery;
using Persistence.State;

namespace PersistenceModule;

/// <summary>Invoke-Recovery: recovers a store, to its newest state or back to an earlier one, and reports; with -WhatIf it reports what would be done.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Recovery", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RecoveryReport))]
public sealed class InvokeRecoveryCommand : WalCmdlet
{
    private OptionOverrides _given = OptionOverrides.None;

    /// <summary>Directories of stores; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InvokeRecoverySets.PathToLsn, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InvokeRecoverySets.PathToTime, ValueFromPipeline = true)]
    [StorePathTransformation]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Directories of stores, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, ParameterSetName = InvokeRecoverySets.LiteralPathToLsn, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, ParameterSetName = InvokeRecoverySets.LiteralPathToTime, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>Go back to the state with every commit up to this position.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InvokeRecoverySets.PathToLsn)]
    [Parameter(Mandatory = true, ParameterSetName = InvokeRecoverySets.LiteralPathToLsn)]
    [ValidateRange(0, long.MaxValue)]
    public long ToLsn { get; set; }

    /// <summary>Go back to the state after the last commit that was made by this time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InvokeRecoverySets.PathToTime)]
    [Parameter(Mandatory = true, ParameterSetName = InvokeRecoverySets.LiteralPathToTime)]
    public DateTimeOffset ToTime { get; set; }

    /// <summary>Go back to the state that this checkpoint holds; null for the newest state.</summary>
    [Parameter(ParameterSetName = ParameterSets.Path, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(CheckpointIdCompleter))]
    public long? CheckpointId { get; set; }

    /// <summary>How much damage to put up with.</summary>
    [Parameter]
    public RecoveryMode Mode { get; set; } = RecoveryMode.Strict;

    /// <summary>How long to wait for another writer to leave; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    private RecoveryTarget? Target => ParameterSetName switch
    {
        InvokeRecoverySets.PathToLsn or InvokeRecoverySets.LiteralPathToLsn => RecoveryTarget.ToLsn(new Lsn(ToLsn)),
        InvokeRecoverySets.PathToTime or InvokeRecoverySets.LiteralPathToTime => RecoveryTarget.ToTime(ToTime),
        _ => CheckpointId is long checkpoint ? RecoveryTarget.ToCheckpoint(checkpoint) : null,
    };

    /// <summary>Going back leaves a part of the history, and is asked about by default. What opening a store would do anyway is not.</summary>
    private bool MayRecover(string directory)
    {
        if (Target is RecoveryTarget target)
            return ShouldProcess(directory, $"Go back to {target}; what was committed later is no longer part of the state");
        bool isAskedAnyway = IsWhatIf || MyInvocation.BoundParameters.ContainsKey("Confirm")
            || GetVariableValue("ConfirmPreference", ConfirmImpact.High) is ConfirmImpact.Low or ConfirmImpact.Medium;
        return !isAskedAnyway || ShouldProcess(directory, $"Recover in mode {Mode}");
    }

    private protected override void Begin() => _given = GivenLockTimeout(LockTimeout);

    private protected override void Process()
    {
        foreach (string path in Path ?? [])
            ForOne(path, null, () => RecoverEach(StorePaths.Resolve(this, path)));
        foreach (string path in LiteralPath ?? [])
            ForOne(path, null, () => RecoverEach([StorePaths.ResolveLiteral(this, path)]));
    }

    private void RecoverEach(string[] directories)
    {
        foreach (string directory in directories)
            ForOne(directory, directory, () => Recover(directory));
    }

    private void Recover(string directory)
    {
        using ProgressReporter progress = StartProgress($"Recovering '{directory}'");
        if (MayRecover(directory))
            Carry(directory, progress);
        else if (IsWhatIf)
            Plan(directory, progress);
    }

    private void Carry(string directory, ProgressReporter progress)
    {
        using WalStore store = StoreOpening.Open(this, directory, _given, progress, Mode, StopToken, Target);
        RecoveryReport report = store.Recovery;
        store.Close();
        WriteObject(StoreOutput.Of(directory, report));
    }

    /// <summary>The same plan, carried out in memory.</summary>
    private void Plan(string directory, ProgressReporter progress)
    {
        using WalStore store = StoreOpening.OpenReadOnly(this, directory, progress, Mode, Target);
        WriteObject(StoreOutput.Of(directory, store.Recovery));
    }
}
