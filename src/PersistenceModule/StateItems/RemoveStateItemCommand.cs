using System.Management.Automation;
using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>Remove-StateItem: removes a state item.</summary>
[Cmdlet(VerbsCommon.Remove, "StateItem", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(StateItem))]
public sealed class RemoveStateItemCommand : StateItemWriterCmdlet
{
    private protected override string Action => "Remove state item";

    private protected override void ProcessKey()
    {
        WalStore store = RequireStore();
        KeyValueItem removed = store.TryDelete(Key) ?? throw ErrorRecords.StateItemNotFound(Key);
        if (PassThru)
            WriteObject(StateItem.From(removed));
    }
}
