using System.Collections;
using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Components as PowerShell users give them.</summary>
/// <param name="schema">The tables there are.</param>
/// <param name="storePath">The store's directory.</param>
internal sealed class ComponentInput(EntitySchema schema, string storePath)
{
    /// <summary>The components of an entity: a dictionary or a custom object whose names are those of tables, or an entity, whose components are copied.</summary>
    /// <exception cref="WalCommandException">ItemInvalid.</exception>
    /// <exception cref="StoreException">TableNotFound, FieldNotFound.</exception>
    public ComponentData[] ReadAll(object? input)
    {
        object? bare = FieldInput.Unwrap(input);
        IEnumerable<(string Name, object? Value)> components = bare switch
        {
            EntityInfo entity => NamesOf(entity.Components),
            IDictionary dictionary => NamesOf(dictionary),
            PSObject custom => PropertiesOf(custom),
            _ => throw ErrorRecords.ComponentsInvalid(bare),
        };
        // A hashtable has no order, and the log is to look the same each time.
        return [.. components.OrderBy(component => schema.Find(component.Name)?.Number).Select(component => ReadOne(component.Name, component.Value))];
    }

    /// <summary>
    /// A component: a dictionary or a custom object, each of whose names has to be that of a field; of any other object those properties count whose names are fields' names.
    /// </summary>
    /// <exception cref="WalCommandException">ItemInvalid.</exception>
    /// <exception cref="StoreException">TableNotFound, FieldNotFound.</exception>
    public ComponentData ReadOne(string name, object? input)
    {
        TableSchema table = schema.Get(name);
        Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string field, object? value) in ReadValues(table, FieldInput.Unwrap(input)))
        {
            if (!values.TryAdd(field, FieldInput.Convert(table.GetField(field).Type, value, storePath)))
                throw ErrorRecords.FieldGivenTwice(table.Name, field);
        }

        return ComponentData.Of(table.Name, [.. table.Fields.Where(field => values.ContainsKey(field.Name)).Select(field => (field.Name, values[field.Name]))]);
    }

    private static IEnumerable<(string Name, object? Value)> ReadValues(TableSchema table, object? input) => input switch
    {
        EntityComponentInfo component => PropertiesOf(component.Value),
        IDictionary dictionary => NamesOf(dictionary),
        PSObject custom => PropertiesOf(custom),
        null or string or ValueType or IEnumerable or Delegate => throw ErrorRecords.ComponentInvalid(table.Name, input),
        _ => FieldsOf(table, PSObject.AsPSObject(input)),
    };

    private static IEnumerable<(string Name, object? Value)> NamesOf(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
            yield return (FieldInput.Unwrap(entry.Key) as string ?? throw ErrorRecords.NameInvalid(entry.Key), entry.Value);
    }

    /// <summary>What a type's definition adds to every object of the type is not this object's data.</summary>
    private static IEnumerable<(string Name, object? Value)> PropertiesOf(PSObject custom) =>
        custom.Properties.Where(static property => property.IsInstance).Select(static property => (property.Name, GetValue(property)));

    private static IEnumerable<(string Name, object? Value)> FieldsOf(TableSchema table, PSObject input)
    {
        PSPropertyInfo[] properties = [.. table.Fields.Select(field => input.Properties[field.Name]).OfType<PSPropertyInfo>()];
        return properties.Length > 0 ? properties.Select(static property => (property.Name, GetValue(property))) : throw ErrorRecords.ComponentInvalid(table.Name, input.BaseObject);
    }

    private static object? GetValue(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException e)
        {
            throw ErrorRecords.PropertyUnreadable(property.Name, e);
        }
    }
}
