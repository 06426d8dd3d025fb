using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>Invoke-Recovery: recovers a store and reports; with -WhatIf it reports what would be done.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Recovery", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(RecoveryReport))]
public sealed class InvokeRecoveryCommand : WalCmdlet
{
    private OptionOverrides _given = OptionOverrides.None;

    /// <summary>Directories of stores; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Directories of stores, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>How much damage to put up with.</summary>
    [Parameter]
    public RecoveryMode Mode { get; set; } = RecoveryMode.Strict;

    /// <summary>How long to wait for another writer to leave; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    private protected override void Begin() => _given = GivenLockTimeout(LockTimeout);

    private protected override void Process()
    {
        foreach (string path in Path ?? [])
            ForOne(path, null, () => RecoverEach(StorePaths.Resolve(this, path)));
        foreach (string path in LiteralPath ?? [])
            ForOne(path, null, () => RecoverEach([StorePaths.ResolveLiteral(this, path)]));
    }

    private void RecoverEach(IReadOnlyList<string> directories)
    {
        foreach (string directory in directories)
            ForOne(directory, directory, () => Recover(directory));
    }

    private void Recover(string directory)
    {
        using ProgressReporter progress = StartProgress($"Recovering '{directory}'");
        if (ShouldProcess(directory, $"Recover in mode {Mode}"))
            Carry(directory, progress);
        else if (IsWhatIf)
            Plan(directory, progress);
    }

    private void Carry(string directory, ProgressReporter progress)
    {
        using WalStore store = StoreOpening.Open(this, directory, _given, progress, Mode, StopToken);
        RecoveryReport report = store.Recovery;
        store.Close();
        WriteObject(report);
    }

    /// <summary>The same plan, carried out in memory.</summary>
    private void Plan(string directory, ProgressReporter progress)
    {
        using WalStore store = StoreOpening.OpenReadOnly(this, directory, progress, Mode);
        WriteObject(store.Recovery);
    }
}
