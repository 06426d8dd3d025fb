using System.Globalization;
using System.Management.Automation;
using Persistence.Checkpoints;
using Persistence.Engine;

namespace PersistenceModule;

/// <summary>Test-Checkpoint: verifies checkpoints. Changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Checkpoint", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(bool))]
[OutputType(typeof(CheckpointVerification))]
public sealed class TestCheckpointCommand : ChosenCheckpointsCmdlet
{
    /// <summary>Return what was found of each.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override void Process() => ForEachTarget(target =>
    {
        IReadOnlyList<CheckpointVerification> chosen;
        using (ProgressReporter progress = StartProgress($"Verifying checkpoints of '{target.Directory}'"))
        {
            IReadOnlyList<CheckpointVerification> all = WalStore.With(target.Directory, host => PersistenceStore.VerifyCheckpoints(
                host, (number, count) => progress.Report(string.Create(CultureInfo.InvariantCulture, $"Checkpoint {number} of {count}"), number - 1, count)));
            chosen = Choose(all, static one => one.Id, static one => one.Name, target.Directory);
        }

        foreach (CheckpointVerification unusable in chosen.Where(static one => !one.IsUsable))
            WriteWarning($"Checkpoint {unusable.Id} cannot be used: {unusable.Problem}");
        // One that was asked for and is not there cannot be recovered from.
        if (!Detailed)
            WriteObject(chosen.All(static one => one.IsUsable) && IsThere(chosen.Count));
        foreach (CheckpointVerification one in Detailed ? chosen : [])
            WriteObject(StoreOutput.Of(target.Directory, one));
    });

    private bool IsThere(int chosen) => Id is not null ? chosen == Id.Distinct().Count() : Name is null || chosen > 0;
}
