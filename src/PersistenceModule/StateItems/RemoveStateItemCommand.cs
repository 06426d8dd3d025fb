using System.Management.Automation;
using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>Remove-StateItem: removes a state item.</summary>
[Cmdlet(VerbsCommon.Remove, "StateItem", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(StateItem))]
public sealed class RemoveStateItemCommand : StateItemWriterCmdlet
{
    private protected override string Action => "Remove state item";

    private protected override KeyedItem ReadNamed() => new(Key, null);

    private protected override KeyedItem ReadInput() => KeyedItem.ReadKey(InputObject);

    private protected override void Write(KeyedItem item)
    {
        WalStore store = RequireStore();
        KeyValueItem removed = StoreScopes.ItemsOf(store).TryDelete(item.Key) ?? throw ErrorRecords.StateItemToRemoveNotFound(item.Key);
        if (PassThru)
            WriteObject(StateItem.From(removed, store));
    }
}
