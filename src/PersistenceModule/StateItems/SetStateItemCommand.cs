using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Set-StateItem: writes a state item.</summary>
[Cmdlet(VerbsCommon.Set, "StateItem", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(StateItem))]
public sealed class SetStateItemCommand : StateItemWriterCmdlet
{
    /// <summary>The value.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ParameterSets.Path, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ParameterSets.Store, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    private protected override string Action => "Set state item";

    private protected override KeyedItem ReadNamed() => new(Key, Value);

    private protected override KeyedItem ReadInput() => KeyedItem.ReadWithValue(InputObject);

    private protected override void Write(KeyedItem item)
    {
        WalStore store = RequireStore();
        if (PassThru)
            WriteObject(StateItem.From(StoreScopes.ItemsOf(store).Write(item.Key, ValueCodec.Encode(item.Value).ToArray()), store));
        else
            EntryWriters.For(store).Set(item.Key, item.Value, wantsEntry: false);
    }
}
