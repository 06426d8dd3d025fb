using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Components as PowerShell shows them: objects whose properties are the fields, and nothing else.</summary>
internal static class ComponentObjects
{
    /// <summary>Components by the names of their tables, whatever their case.</summary>
    public static IDictionary Of(IReadOnlyList<Component> components)
    {
        OrderedDictionary objects = new(components.Count, StringComparer.OrdinalIgnoreCase);
        foreach (Component component in components)
            objects.Add(component.Table.Name, Of(component));
        return objects.AsReadOnly();
    }

    /// <summary>One component.</summary>
    public static PSObject Of(Component component)
    {
        PSObject created = new();
        foreach (FieldSchema field in component.Table.Fields)
            Add(created, field.Name, component[field.Name]);
        return created;
    }

    /// <summary>Values of a component by the names of their fields.</summary>
    public static PSObject Of(IReadOnlyDictionary<string, object?> values)
    {
        PSObject created = new();
        foreach ((string name, object? value) in values)
            Add(created, name, value);
        return created;
    }

    /// <summary>A value of a field: no reference is null, and a moment is shown in the time of this machine.</summary>
    public static object? ToValue(object? value) => value switch
    {
        EntityId { IsNone: true } => null,
        DateTimeOffset time => ToLocal(time),
        DateTimeOffset[] times => Array.ConvertAll(times, ToLocal),
        _ => value,
    };

    /// <summary>The first and the last moments there are have no time here.</summary>
    private static DateTimeOffset ToLocal(DateTimeOffset time) => time.Year is > 1 and < 9999 ? time.ToLocalTime() : time;

    /// <summary>Names were checked when the field got them; PowerShell need not look again.</summary>
    private static void Add(PSObject target, string name, object? value) => target.Properties.Add(new PSNoteProperty(name, ToValue(value)), preValidated: true);
}
