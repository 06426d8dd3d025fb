using System.Collections.Concurrent;

namespace Persistence.Serialization;

/// <summary>
/// Finds the enumerations that values name, among the types already loaded, and remembers the answers until another
/// assembly is loaded. Thread-safe.
/// </summary>
internal sealed class EnumResolver
{
    // Names come from data: their number must not grow for ever.
    private const int RememberedMax = 1024;

    // The number of assemblies is part of the key: an answer from before a load is never taken for one from after it.
    private readonly ConcurrentDictionary<(int AssemblyCount, string TypeName), Type?> _types = new();

    /// <summary>The value as the enumeration, or as an <see cref="UnresolvedEnum"/> when that is not loaded or does not fit.</summary>
    public object Resolve(string typeName, object number) =>
        Find(typeName) is { } type && Enum.GetUnderlyingType(type) == number.GetType() ? Enum.ToObject(type, number) : new UnresolvedEnum(typeName, number);

    private Type? Find(string typeName)
    {
        int assemblyCount = AppDomain.CurrentDomain.GetAssemblies().Length;
        if (_types.TryGetValue((assemblyCount, typeName), out Type? known))
            return known;
        if (_types.Count >= RememberedMax)
            _types.Clear();
        return _types[(assemblyCount, typeName)] = LoadedEnums.TryFind(typeName);
    }
}
