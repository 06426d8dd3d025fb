using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>Export-StateItem: state items as lines of JSON, in ordinal order of their keys; down the pipeline, or into a file that is there whole or not at all.</summary>
[Cmdlet(VerbsData.Export, "StateItem", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ExportStateItemCommand : ItemsCmdlet
{
    private DestinationFile? _file;
    private string? _destination;
    private string? _exported;
    private bool _isDeclined;
    private long _items;

    /// <summary>The file to write; nothing goes down the pipeline then.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    private protected override object? ErrorTarget => Destination;

    private protected override void Begin()
    {
        if (Destination is null)
            return;
        _destination = StorePaths.ResolveLiteral(this, Destination);
        _isDeclined = !ShouldProcess(_destination, "Export state items");
    }

    private protected override void Process()
    {
        if (!_isDeclined)
            ForEachStore(StoreAccess.Read, Export);
    }

    private protected override void End()
    {
        _file?.Complete();
        WriteVerbose($"Exported {_items} items.");
    }

    private protected override void Release()
    {
        _file?.Dispose();
        base.Release();
    }

    private void Export(WalStore store)
    {
        RequireOneStore(store);
        foreach (KeyValueItem item in FindItems(store))
        {
            StopToken.ThrowIfCancellationRequested();
            ForOne(item.Key, store.Path, () => Write(StateItemLine.Format(item.Key, item.Value.Span)));
        }
    }

    /// <summary>Each item once, however many of the keys and patterns it matches.</summary>
    private IEnumerable<KeyValueItem> FindItems(WalStore store)
    {
        IStateItems items = StoreScopes.ItemsOf(store);
        if (Key is null)
            return items.FindByPrefix("");
        List<WildcardPattern> patterns = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (string key in Key)
        {
            if (WildcardPattern.ContainsWildcardCharacters(key))
                patterns.Add(Patterns.Compile(key, WildcardOptions.None));
            else
                keys.Add(WildcardPattern.Unescape(key));
        }

        // Read at once, they are those of one moment. A transaction sees one moment anyway, and what it has read must not be changed by others: no more than needed.
        IReadOnlyList<KeyValueItem> read = items is WalTransaction ? ReadNamed(items, Key) : items.FindByPrefix("");
        KeyValueItem[] found = [.. read.Where(item => keys.Contains(item.Key) || patterns.Exists(pattern => pattern.IsMatch(item.Key)))];
        foreach (string missing in keys.Except(found.Select(item => item.Key), StringComparer.Ordinal))
            WriteError(ErrorRecords.From(ErrorRecords.StateItemNotFound(missing)));
        return found;
    }

    /// <summary>What keys and patterns may match, in ordinal order of the keys.</summary>
    private static KeyValueItem[] ReadNamed(IStateItems items, string[] names)
    {
        SortedDictionary<string, KeyValueItem> read = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                foreach (KeyValueItem item in items.FindByPrefix(KeyPatterns.LiteralPrefix(name)))
                    read[item.Key] = item;
            }
            else if (items.Find(WildcardPattern.Unescape(name)) is KeyValueItem item)
            {
                read[item.Key] = item;
            }
        }

        return [.. read.Values];
    }

    private void Write(string line)
    {
        _items++;
        if (_file is null)
            WriteObject(line);
        else
            WriteToFile(line);
    }

    /// <summary>The file is begun when there is a store to be read, so that a mistyped path replaces nothing.</summary>
    private void RequireOneStore(WalStore store)
    {
        if (_destination is null)
            return;
        if (_exported is not null && _exported != store.Path)
            ThrowTerminatingError(ErrorRecords.From(ErrorRecords.DestinationAmbiguous(_exported, store.Path), Destination));
        _exported = store.Path;
        _file ??= OpenFile(_destination);
    }

    private DestinationFile OpenFile(string destination)
    {
        try
        {
            return new DestinationFile(destination);
        }
        catch (StoreException e)
        {
            ThrowTerminatingError(ErrorRecords.From(ErrorRecords.DestinationInvalid(destination, e), Destination));
            throw;
        }
    }

    private void WriteToFile(string line)
    {
        try
        {
            _file!.WriteLine(line);
        }
        catch (StoreException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, Destination, directory: null));
        }
    }
}
