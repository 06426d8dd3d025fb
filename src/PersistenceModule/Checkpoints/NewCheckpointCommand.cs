using System.Management.Automation;
using Persistence.Checkpoints;

namespace PersistenceModule;

/// <summary>New-Checkpoint: takes a checkpoint of the state.</summary>
[Cmdlet(VerbsCommon.New, "Checkpoint", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(CheckpointInfo))]
public sealed class NewCheckpointCommand : StoreCmdlet
{
    /// <summary>A label.</summary>
    [Parameter]
    [ValidateLength(1, 256)]
    public string? Name { get; set; }

    private protected override void Process() => ForEachStore(StoreAccess.Write, Take, directory => ShouldProcess(directory, "Take checkpoint"));

    private void Take(WalStore store)
    {
        CheckpointInfo checkpoint = store.Engine.TakeCheckpoint(Name);
        WriteDebug($"Checkpoint {checkpoint.Id} holds the state at LSN {checkpoint.End}; replay starts at {checkpoint.RedoFrom}.");
        WriteObject(checkpoint);
    }
}
