using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command that changes state items.</summary>
public abstract class StateItemWriterCmdlet : WriterCmdlet
{
    private KeyedItem _item;

    /// <summary>The key.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Store, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string Key { get; set; } = "";

    /// <summary>An object that says which item, by its properties.</summary>
    [Parameter(Mandatory = true, ParameterSetName = StateItemSets.Item, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    /// <summary>The store's directory.</summary>
    [Parameter(ParameterSetName = ParameterSets.Path)]
    [Parameter(ParameterSetName = StateItemSets.Item)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath)]
    [Parameter(ParameterSetName = StateItemSets.Item)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>An open store.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Store, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = StateItemSets.Item)]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    /// <summary>Return the item.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override (string? Path, string? LiteralPath, WalStore? Store) Selection => (Path, LiteralPath, Store);

    private protected override object? ItemName => _item.Key;

    private protected abstract string Action { get; }

    /// <summary>The item that the command's parameters name.</summary>
    private protected abstract KeyedItem ReadNamed();

    /// <summary>The item that <see cref="InputObject"/> names.</summary>
    private protected abstract KeyedItem ReadInput();

    /// <summary>Does it for one item.</summary>
    private protected abstract void Write(KeyedItem item);

    private protected override void ProcessItem()
    {
        _item = default;
        _item = ParameterSetName == StateItemSets.Item ? ReadInput() : ReadNamed();
        KeyRules.Require(_item.Key);
        // Asked before the store is opened: opening for writing writes.
        if (ShouldProcess($"{_item.Key} ({Target.Directory})", Action))
            Write(_item);
    }
}
