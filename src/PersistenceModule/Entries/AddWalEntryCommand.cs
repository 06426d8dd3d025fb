using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>Add-WalEntry: writes state items, deletes them, or appends application records.</summary>
[Cmdlet(VerbsCommon.Add, "WalEntry", DefaultParameterSetName = AddWalEntrySets.Set)]
[OutputType(typeof(WalEntry))]
public sealed class AddWalEntryCommand : WriterCmdlet
{
    private EntryTransaction? _transaction;
    private int _items;
    private int _refused;

    /// <summary>The state item's key.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddWalEntrySets.Set, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddWalEntrySets.Delete, ValueFromPipelineByPropertyName = true)]
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
    public SwitchParameter Delete { get; set; }

    /// <summary>The type name of the application records.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddWalEntrySets.Record)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RecordTypeCompleter))]
    public string Type { get; set; } = "";

    /// <summary>What to record.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddWalEntrySets.Record, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    // In every set: nine sets that differ in two ways would leave PowerShell to guess which one a pipeline means.

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
    [Parameter]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    /// <summary>One atomic commit for the whole pipeline.</summary>
    [Parameter]
    public SwitchParameter AsTransaction { get; set; }

    /// <summary>Return the entries.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override (string? Path, string? LiteralPath, WalStore? Store) Selection => (Path, LiteralPath, Store);

    private bool IsRecord => ParameterSetName == AddWalEntrySets.Record;

    private object ItemName => IsRecord ? Type : Key;

    private protected override void Begin()
    {
        if (new object?[] { Path, LiteralPath, Store }.Count(given => given is not null) > 1)
            throw ErrorRecords.StoreAmbiguous();
    }

    private protected override void Process()
    {
        WalStore store = RequireStore();
        _items++;
        try
        {
            AddItem(store);
        }
        catch (StoreException e) when (e.Error is StoreError.ValueNotSupported or StoreError.RecordTooLarge)
        {
            Refuse(ErrorRecords.From(e, ItemName));
        }
        catch (WalCommandException e)
        {
            Refuse(ErrorRecords.From(e, ItemName));
        }
    }

    private protected override void End()
    {
        if (_refused > 0 && _transaction is not null)
            throw ErrorRecords.TransactionAborted(_refused, _items);
        if (_transaction is { Count: > 0 } transaction)
            CommitTransaction(transaction);
        base.End();
    }

    private void AddItem(WalStore store)
    {
        EntryWriter writer = new(store);
        if (AsTransaction)
            AddToTransaction(_transaction ??= new EntryTransaction());
        else if (IsRecord)
            Emit(writer.Append(Type, InputObject, PassThru));
        else if (Delete)
            Emit(writer.Delete(Key, PassThru));
        else
            Emit(writer.Set(Key, Value, PassThru));
    }

    private void AddToTransaction(EntryTransaction transaction)
    {
        if (IsRecord)
            transaction.Append(Type, InputObject);
        else if (Delete)
            transaction.Delete(Key);
        else
            transaction.Set(Key, Value);
    }

    private void CommitTransaction(EntryTransaction transaction)
    {
        WalStore store = RequireStore();
        (long first, long end) = transaction.Commit(store);
        WriteVerbose($"Committed {transaction.Count} entries as one transaction.");
        WriteDebug($"The transaction lies at LSN {first} to {end}.");
        if (!PassThru)
            return;
        foreach (WalEntry entry in EntryWriter.ReadBack(store, first, end))
            WriteObject(entry);
    }

    private void Emit(WalEntry? entry)
    {
        if (entry is not null)
            WriteObject(entry);
    }

    private void Refuse(ErrorRecord error)
    {
        _refused++;
        WriteError(error);
    }
}
