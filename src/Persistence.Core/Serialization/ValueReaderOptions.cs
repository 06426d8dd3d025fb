using System.Collections;
using System.Collections.Specialized;

namespace Persistence.Serialization;

/// <summary>
/// What the reader makes of maps and objects. Immutable and thread-safe if the functions are; keep one for many reads, it
/// remembers which enumerations are loaded.
/// </summary>
public sealed class ValueReaderOptions
{
    /// <summary>Hashtables and ordered dictionaries that tell upper case from lower, and <see cref="PropertyBag"/>s as they are.</summary>
    public static ValueReaderOptions Default { get; } = new();

    /// <summary>
    /// Creates an empty map for about so many entries, with the host's idea of equal keys. Two stored keys that it holds for
    /// equal (<c>a</c> and <c>A</c>) make the reader use a <see cref="Hashtable"/> that tells them apart instead: nothing is lost.
    /// </summary>
    public Func<int, IDictionary> CreateMap { get; init; } = capacity => new Hashtable(capacity);

    /// <summary>Creates an empty map that keeps its order, likewise; the fallback is a plain <see cref="OrderedDictionary"/>.</summary>
    public Func<int, IDictionary> CreateOrderedMap { get; init; } = capacity => new OrderedDictionary(capacity);

    /// <summary>Turns an object that was read into the host's kind of object.</summary>
    public Func<PropertyBag, object?> CreateObject { get; init; } = bag => bag;

    internal EnumResolver Enums { get; } = new();
}
