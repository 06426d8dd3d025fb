namespace Persistence.Serialization;

/// <summary>
/// An object that is nothing but its properties: names and values in order, and the names of the types it was said to have.
/// What PowerShell's custom objects are stored as. Names are not compared: the order they were added in is all there is.
/// </summary>
public sealed class PropertyBag
{
    private readonly List<KeyValuePair<string, object?>> _properties;

    /// <summary>Creates an object without properties.</summary>
    /// <param name="typeNames">The names of its types, the most specific first, or null for none.</param>
    /// <param name="capacity">Properties to expect.</param>
    public PropertyBag(IReadOnlyList<string>? typeNames = null, int capacity = 0)
    {
        TypeNames = typeNames;
        _properties = new List<KeyValuePair<string, object?>>(capacity);
    }

    /// <summary>The names of its types, the most specific first, or null.</summary>
    public IReadOnlyList<string>? TypeNames { get; }

    /// <summary>The properties in order.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Properties => _properties;

    /// <summary>Adds a property at the end.</summary>
    public void Add(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        _properties.Add(new(name, value));
    }
}
