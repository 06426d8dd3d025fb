using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A key, and the value it is to hold.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null where only the key counts.</param>
internal readonly record struct KeyedItem(string Key, object? Value)
{
    private const int NamesMax = 10;

    /// <summary>What an object's properties Key and Value say.</summary>
    /// <param name="input">The object.</param>
    /// <param name="alternative">What the command takes instead of such objects; goes into the error's message after "are expected".</param>
    /// <exception cref="WalCommandException">ItemInvalid.</exception>
    public static KeyedItem ReadWithValue(object? input, string alternative = "")
    {
        PSObject item = Require(
            input, ["Key", "Value"], alternative, "Make such objects, for example: Select-Object @{ n = 'Key'; e = { $_.Name } }, @{ n = 'Value'; e = { $_ } }.");
        return new KeyedItem(ToKey(Get(item, "Key")), Get(item, "Value"));
    }

    /// <summary>What an object's property Key says.</summary>
    /// <exception cref="WalCommandException">ItemInvalid.</exception>
    public static KeyedItem ReadKey(object? input) =>
        new(ToKey(Get(Require(input, ["Key"], "", "Pipe objects with a property Key, as Get-StateItem returns them."), "Key")), null);

    /// <summary>Refuses a handle as what is to be written to it: it came down the pipeline alone.</summary>
    /// <exception cref="WalCommandException">ItemInvalid.</exception>
    public static void RefuseHandle(object? input, WalStore? store)
    {
        if (store is not null && ReferenceEquals((input as PSObject)?.BaseObject ?? input, store))
            throw NothingToWrite(store);
    }

    private static PSObject Require(object? input, string[] names, string alternative, string recommendedAction)
    {
        if (input is null)
            throw ErrorRecords.ItemInvalid($"What came down the pipeline is null. {Expected(names, alternative)}", recommendedAction, null);
        PSObject item = PSObject.AsPSObject(input);
        if (item.BaseObject is WalStore store)
            throw NothingToWrite(store);
        string[] missing = Array.FindAll(names, name => item.Properties[name] is null);
        return missing.Length == 0
            ? item
            : throw ErrorRecords.ItemInvalid(
                $"The {item.BaseObject.GetType().Name} from the pipeline has no {string.Join(" and no ", missing)}{Describe(item)}. {Expected(names, alternative)}", recommendedAction, item.TypeNames[0]);
    }

    private static WalCommandException NothingToWrite(WalStore store) => ErrorRecords.ItemInvalid(
        $"The open store '{store.Path}' came down the pipeline, and nothing that could be written to it.",
        "Give what to write by name, with -Key and -Value for example.", store.Path);

    private static object? Get(PSObject item, string name)
    {
        try
        {
            return item.Properties[name].Value;
        }
        catch (GetValueException e)
        {
            throw ErrorRecords.ItemInvalid($"The property {name} of the {item.BaseObject.GetType().Name} from the pipeline cannot be read.", "Select the properties it can give.", item.TypeNames[0], e);
        }
    }

    private static string ToKey(object? key) => LanguagePrimitives.ConvertTo<string>(key) ?? "";

    private static string Expected(string[] names, string alternative) => names.Length == 1
        ? $"Objects with the property {names[0]} are expected{alternative}."
        : $"Objects with the properties {string.Join(" and ", names)} are expected{alternative}.";

    /// <summary>The names of the first properties: never what they hold.</summary>
    private static string Describe(PSObject item)
    {
        string[] names = [.. item.Properties.Take(NamesMax + 1).Select(property => property.Name)];
        string more = names.Length > NamesMax ? ", ..." : "";
        return names.Length == 0 ? "" : $" (it has {string.Join(", ", names.Take(NamesMax))}{more})";
    }
}
