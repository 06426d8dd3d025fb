using System.Collections;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Fields of a table as PowerShell users define them.</summary>
internal static class FieldDefinitions
{
    private const string TypeKey = "Type";
    private const string DefaultKey = "Default";

    /// <summary>Fields by their names: each a type, or a dictionary with a type and a default. A hashtable has no order; its fields come in that of their names.</summary>
    /// <exception cref="WalCommandException">ArgumentInvalid.</exception>
    public static FieldDefinition[] Read(IDictionary? fields, string storePath)
    {
        IEnumerable<DictionaryEntry> entries = EntriesOf(fields ?? new Hashtable());
        if (fields is Hashtable)
            entries = entries.OrderBy(static entry => entry.Key.ToString(), StringComparer.OrdinalIgnoreCase);
        return [.. entries.Select(entry => ReadOne(FieldInput.Unwrap(entry.Key) as string ?? throw ErrorRecords.NameInvalid(entry.Key), FieldInput.Unwrap(entry.Value), storePath))];
    }

    /// <summary>One field.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="initial">Its default, or null.</param>
    /// <param name="storePath">The store's directory.</param>
    public static FieldDefinition Create(string name, FieldType type, object? initial, string storePath) =>
        new(name, type, FieldInput.Convert(type, initial, storePath));

    private static FieldDefinition ReadOne(string name, object? definition, string storePath)
    {
        if (definition is not IDictionary parts)
            return Create(name, ReadType(name, definition), null, storePath);
        foreach (object? key in parts.Keys)
        {
            if (!IsKey(key, TypeKey) && !IsKey(key, DefaultKey))
                throw ErrorRecords.ArgumentInvalid($"The field '{name}' is defined by {TypeKey} and {DefaultKey}; '{key}' is neither.");
        }

        return Create(name, ReadType(name, FieldInput.Unwrap(Find(parts, TypeKey))), Find(parts, DefaultKey), storePath);
    }

    /// <summary>A dictionary of .NET's own kinds gives entries to those only who take it as this interface.</summary>
    private static IEnumerable<DictionaryEntry> EntriesOf(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
            yield return entry;
    }

    private static object? Find(IDictionary parts, string name) => EntriesOf(parts).FirstOrDefault(part => IsKey(part.Key, name)).Value;

    private static bool IsKey(object? key, string name) => key is string text && text.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static FieldType ReadType(string name, object? type)
    {
        try
        {
            return type switch
            {
                FieldType known => known,
                string text => FieldType.Parse(text),
                _ => throw ErrorRecords.ArgumentInvalid($"The field '{name}' is defined by the name of its type, or by a hashtable as @{{ Type = 'Int32'; Default = 5 }}."),
            };
        }
        catch (FormatException e)
        {
            throw ErrorRecords.ArgumentInvalid($"The field '{name}': {e.Message}", e);
        }
    }
}
