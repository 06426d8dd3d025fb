using System.Management.Automation;

namespace PersistenceModule;

/// <summary>
/// Add-WalEntry: writes state items, deletes them, or appends application records. From the pipeline come, in this order of
/// precedence: what -Type records; handles, where what to write is given by name; objects that say which keys get which values.
/// </summary>
[Cmdlet(VerbsCommon.Add, "WalEntry", DefaultParameterSetName = AddWalEntrySets.Item)]
[OutputType(typeof(WalEntry))]
public sealed class AddWalEntryCommand : WriterCmdlet
{
    private IEntryTransaction? _transaction;
    private WalStore? _transactionStore;
    private KeyedItem _item;
    private int _items;
    private int _refused;
    private bool _isInputNamed;

    /// <summary>The state item's key.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddWalEntrySets.Set, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddWalEntrySets.Delete)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string Key { get; set; } = "";

    /// <summary>The value to write.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = AddWalEntrySets.Set, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    /// <summary>Delete the key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddWalEntrySets.Delete)]
    [Parameter(ParameterSetName = AddWalEntrySets.Item)]
    public SwitchParameter Delete { get; set; }

    /// <summary>The type name of the application records.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddWalEntrySets.Record)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RecordTypeCompleter))]
    public string Type { get; set; } = "";

    /// <summary>What to record; without a type, an object with the properties Key and Value.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddWalEntrySets.Item, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, ParameterSetName = AddWalEntrySets.Record, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    // In every set: sets that differ in two ways would leave PowerShell to guess which one a pipeline means.

    /// <summary>The store's directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>An open store.</summary>
    [Parameter(ParameterSetName = AddWalEntrySets.Set, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = AddWalEntrySets.Delete, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = AddWalEntrySets.Record, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = AddWalEntrySets.Item)]
    public WalStore? Store { get; set; }

    /// <summary>One atomic commit for the whole pipeline.</summary>
    [Parameter]
    public SwitchParameter AsTransaction { get; set; }

    /// <summary>Return the entries.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override (string? Path, string? LiteralPath, WalStore? Store) Selection => (Path, LiteralPath, Store);

    private protected override object? ItemName => IsRecord ? Type : _item.Key;

    private bool IsRecord => ParameterSetName == AddWalEntrySets.Record;

    /// <summary>A null from the pipeline binds to the store too. Where it is a record it is one; elsewhere it is a store that is not there.</summary>
    private bool IsStoreNull => Store is null && MyInvocation.BoundParameters.ContainsKey(nameof(Store));

    private protected override void Begin()
    {
        base.Begin();
        _isInputNamed = MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        if (IsStoreNull)
            throw ErrorRecords.StoreIsNull();
    }

    private protected override void ProcessItem()
    {
        _items++;
        _item = default;
        if (!_isInputNamed && IsRecord)
            KeyedItem.RefuseHandle(InputObject, Store);
        else if (IsStoreNull)
            throw ErrorRecords.StoreIsNull();
        if (!IsRecord)
            _item = ReadItem();
        WalStore store = RequireStore();
        if (AsTransaction)
            AddToTransaction(store);
        else
            Add(EntryWriters.For(store));
    }

    private protected override void Refuse(ErrorRecord error)
    {
        _refused++;
        base.Refuse(error);
    }

    private protected override void End()
    {
        if (AsTransaction && _refused > 0)
            throw ErrorRecords.TransactionAborted(_refused, _items);
        if (_transaction is { Count: > 0 } transaction)
            CommitTransaction(transaction);
        base.End();
    }

    private KeyedItem ReadItem()
    {
        if (ParameterSetName != AddWalEntrySets.Item)
            return new KeyedItem(Key, Value);
        return Delete ? KeyedItem.ReadKey(InputObject) : KeyedItem.ReadWithValue(InputObject, "; with -Type, objects of any kind become records");
    }

    private void Add(IEntryWriter writer)
    {
        if (IsRecord)
            Emit(writer.Append(Type, InputObject, PassThru));
        else if (Delete)
            Emit(writer.Delete(_item.Key, PassThru));
        else
            Emit(writer.Set(_item.Key, _item.Value, PassThru));
    }

    private void AddToTransaction(WalStore store)
    {
        if (!ReferenceEquals(_transactionStore ??= store, store))
            throw ErrorRecords.TransactionAmbiguous();
        IEntryTransaction transaction = _transaction ??=
            StoreScopes.FindTransaction(store) is WalTransaction outer ? new NestedEntryTransaction(outer) : new EntryTransaction(store);
        if (IsRecord)
            transaction.Append(Type, InputObject);
        else if (Delete)
            transaction.Delete(_item.Key);
        else
            transaction.Set(_item.Key, _item.Value);
    }

    private void CommitTransaction(IEntryTransaction transaction)
    {
        IEnumerable<WalEntry> entries = transaction.Commit(PassThru, WriteDebug);
        WriteVerbose($"Committed {transaction.Count} entries as one transaction.");
        foreach (WalEntry entry in entries)
            WriteObject(entry);
    }

    private void Emit(WalEntry? entry)
    {
        if (entry is not null)
            WriteObject(entry);
    }
}
