using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Set-StateItem: writes a state item.</summary>
[Cmdlet(VerbsCommon.Set, "StateItem", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(StateItem))]
public sealed class SetStateItemCommand : StateItemWriterCmdlet
{
    /// <summary>The value.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    private protected override string Action => "Set state item";

    private protected override void ProcessKey()
    {
        WalStore store = RequireStore();
        if (PassThru)
            WriteObject(StateItem.From(store.SetReturningItem(Key, ValueCodec.Encode(Value).ToArray())));
        else
            new EntryWriter(store).Set(Key, Value);
    }
}
