using System.Management.Automation;
using Persistence.Checkpoints;

namespace PersistenceModule;

/// <summary>Get-Checkpoint: lists the published checkpoints, oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "Checkpoint", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(CheckpointInfo))]
public sealed class GetCheckpointCommand : ChosenCheckpointsCmdlet
{
    private protected override void Process() => ForEachStore(StoreAccess.Read, List);

    private void List(WalStore store)
    {
        foreach (CheckpointInfo checkpoint in Choose(store.Engine.GetCheckpoints(), static one => one.Id, static one => one.Name, store.Path))
            WriteObject(StoreOutput.Of(store.Path, checkpoint));
    }
}
