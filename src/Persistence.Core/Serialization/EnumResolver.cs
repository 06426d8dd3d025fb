using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Persistence.Serialization;

/// <summary>
/// Finds the enumerations that values name, among the types already loaded. It loads none: asking an assembly for a type by
/// name follows forwarded types and generic arguments into assemblies that are not, so only an assembly that itself defines
/// an enumeration of that name is asked. Thread-safe.
/// </summary>
internal sealed class EnumResolver
{
    // Names come from data: their number must not grow for ever.
    private const int RememberedMax = 1024;

    // An assembly's metadata is read once; its names go when it is unloaded.
    private readonly ConditionalWeakTable<Assembly, HashSet<string>> _definedNames = [];

    // The number of assemblies is part of the key: an answer from before a load is never taken for one from after it.
    private readonly ConcurrentDictionary<(int AssemblyCount, string TypeName), Type?> _types = new();

    /// <summary>The value as the enumeration, or as an <see cref="UnresolvedEnum"/> when that is not loaded or does not fit.</summary>
    public object Resolve(string typeName, object number) =>
        Find(typeName) is { } type && Enum.GetUnderlyingType(type) == number.GetType() ? Enum.ToObject(type, number) : new UnresolvedEnum(typeName, number);

    private Type? Find(string typeName)
    {
        if (!IsPlainName(typeName))
            return null;
        Assembly[] assemblies = AppDomain.CurrentDomain.GetAssemblies();
        if (_types.TryGetValue((assemblies.Length, typeName), out Type? known))
            return known;
        if (_types.Count >= RememberedMax)
            _types.Clear();
        return _types[(assemblies.Length, typeName)] = Find(assemblies, typeName);
    }

    // Without brackets, commas and the rest a name cannot say anything but namespace, types and arity.
    private static bool IsPlainName(string name)
    {
        foreach (char character in name)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('_' or '.' or '+' or '`'))
                return false;
        }
        return name.Length > 0;
    }

    // The one loaded last wins: a script that is run again defines its enumerations again.
    private Type? Find(Assembly[] assemblies, string typeName)
    {
        for (int i = assemblies.Length - 1; i >= 0; i--)
        {
            if (Find(assemblies[i], typeName) is { IsEnum: true, ContainsGenericParameters: false } type)
                return type;
        }
        return null;
    }

    // An assembly made at run time (PowerShell's enum statement makes one) has no metadata to read, and forwards nothing.
    private Type? Find(Assembly assembly, string typeName) =>
        assembly.IsDynamic || _definedNames.GetValue(assembly, DefinedEnums.NamesIn).Contains(typeName) ? assembly.GetType(typeName, throwOnError: false) : null;
}
