using System.Management.Automation;
using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>Get-StateItem: reads state items.</summary>
[Cmdlet(VerbsCommon.Get, "StateItem", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(StateItem))]
[OutputType(typeof(object))]
public sealed class GetStateItemCommand : ItemsCmdlet
{
    /// <summary>Return the values alone.</summary>
    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    private protected override void Process() => ForEachStore(StoreAccess.Read, Read);

    private void Read(WalStore store)
    {
        if (Key is null)
            Emit(store, StoreScopes.ItemsOf(store).FindByPrefix(""), static _ => true);
        foreach (string key in Key ?? [])
            ForOne(key, store.Path, () => Read(store, key));
    }

    private void Read(WalStore store, string key)
    {
        if (WildcardPattern.ContainsWildcardCharacters(key))
        {
            WildcardPattern pattern = Patterns.Compile(key, WildcardOptions.None);
            Emit(store, StoreScopes.ItemsOf(store).FindByPrefix(KeyPatterns.LiteralPrefix(key)), item => pattern.IsMatch(item.Key));
        }
        else if (StoreScopes.ItemsOf(store).Find(WildcardPattern.Unescape(key)) is KeyValueItem item)
        {
            Emit(store, item);
        }
        else
        {
            WriteError(ErrorRecords.From(ErrorRecords.StateItemNotFound(WildcardPattern.Unescape(key))));
        }
    }

    private void Emit(WalStore store, IReadOnlyList<KeyValueItem> items, Func<KeyValueItem, bool> isWanted)
    {
        foreach (KeyValueItem item in items)
        {
            StopToken.ThrowIfCancellationRequested();
            if (isWanted(item))
                Emit(store, item);
        }
    }

    private void Emit(WalStore store, KeyValueItem item)
    {
        if (ValueOnly)
            WriteObject(ValueCodec.Decode(item.Value.Span), enumerateCollection: false);
        else
            WriteObject(StateItem.From(item, store));
    }
}
