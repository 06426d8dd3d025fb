using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Runtime.InteropServices;
using Persistence.Serialization;

namespace PersistenceModule;

/// <summary>What PowerShell's own kinds of object are as data, and which of them are not.</summary>
internal sealed class PowerShellValueAdapter : IValueAdapter
{
    /// <summary>The type names every custom object has; they are not stored.</summary>
    private static readonly string[] s_commonTypeNames = [typeof(PSCustomObject).FullName!, typeof(object).FullName!];

    public bool TryAdapt(object value, out object? adapted)
    {
        adapted = value;
        switch (value)
        {
            case PSObject wrapped:
                adapted = Unwrap(wrapped);
                return true;
            case SwitchParameter present:
                adapted = present.IsPresent;
                return true;
            case ScriptBlock or CommandInfo:
                throw NotSupported(value, "is code");
            case PSCredential:
                throw NotSupported(value, "holds a secret, and secrets are not stored");
            case Process or WaitHandle or SafeHandle or TextReader or TextWriter or System.Management.Automation.Runspaces.Runspace or WalStore or WalTransaction:
                throw NotSupported(value, "is a live handle, not data");
            case PSReference:
                throw NotSupported(value, "is a reference to a variable");
            default:
                return false;
        }
    }

    /// <summary>The custom object a bag of properties stands for.</summary>
    public static object CreateObject(PropertyBag bag)
    {
        PSObject created = new();
        foreach ((string name, object? value) in bag.Properties)
            created.Properties.Add(new PSNoteProperty(name, value));
        if (bag.TypeNames is { Count: > 0 } names)
            SetTypeNames(created, names);
        return created;
    }

    /// <summary>A custom object is its properties; anything else is what the wrapper wraps, without what was added to it.</summary>
    private static object? Unwrap(PSObject wrapped)
    {
        if (ReferenceEquals(wrapped, AutomationNull.Value))
            return null;
        return wrapped.BaseObject is PSCustomObject ? ToBag(wrapped) : wrapped.BaseObject;
    }

    private static PropertyBag ToBag(PSObject custom)
    {
        PropertyBag bag = new(OwnTypeNames(custom));
        foreach (PSPropertyInfo property in custom.Properties)
        {
            // What a type's definition adds to every object of the type is not this object's data.
            if (property.IsInstance)
                bag.Add(property.Name, GetValue(property));
        }

        return bag;
    }

    private static object? GetValue(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException e)
        {
            throw new ValueNotSupportedException(property.GetType().ToString(), "is a property that cannot be read", $"{ValueNotSupportedException.RootPath}.{property.Name}", e);
        }
    }

    private static List<string>? OwnTypeNames(PSObject custom)
    {
        List<string> names = [.. custom.TypeNames];
        if (names.Count >= s_commonTypeNames.Length && names.TakeLast(s_commonTypeNames.Length).SequenceEqual(s_commonTypeNames))
            names.RemoveRange(names.Count - s_commonTypeNames.Length, s_commonTypeNames.Length);
        return names.Count == 0 ? null : names;
    }

    /// <summary>A list that ends in a root type of its own (an object that came through Import-Clixml, say) is whole; others go before the common names.</summary>
    private static void SetTypeNames(PSObject created, IReadOnlyList<string> names)
    {
        created.TypeNames.Clear();
        foreach (string name in names)
            created.TypeNames.Add(name);
        if (names[^1].EndsWith(typeof(object).FullName!, StringComparison.Ordinal))
            return;
        foreach (string name in s_commonTypeNames)
            created.TypeNames.Add(name);
    }

    private static ValueNotSupportedException NotSupported(object value, string reason) => new(value.GetType().ToString(), reason);
}
