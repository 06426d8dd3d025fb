using System.Globalization;
using System.Reflection;

namespace Persistence.Configuration;

/// <summary>A property of one of the records of options, by its name: read, and written into a copy.</summary>
/// <param name="owner">The record: <see cref="StoreOptions"/> or <see cref="CircuitBreakerOptions"/>.</param>
/// <param name="name">The property.</param>
internal sealed class OptionProperty(Type owner, string name)
{
    private readonly PropertyInfo _property = owner.GetProperty(name) ?? throw new ArgumentException($"{owner.Name} has no {name}.", nameof(name));

    public string Name => _property.Name;

    public bool IsOfStore => owner == typeof(StoreOptions);

    public object Read(ConfiguredOptions options) => _property.GetValue(IsOfStore ? options.Store : options.LockCircuit)!;

    public ConfiguredOptions Write(ConfiguredOptions options, object value)
    {
        // The setters are init-only for C#: a copy nobody else has seen is still being made.
        ConfiguredOptions copy = IsOfStore ? options with { Store = options.Store with { } } : options with { LockCircuit = options.LockCircuit with { } };
        object converted = _property.PropertyType.IsInstanceOfType(value) ? value : Convert.ChangeType(value, _property.PropertyType, CultureInfo.InvariantCulture);
        _property.SetValue(IsOfStore ? copy.Store : copy.LockCircuit, converted, BindingFlags.DoNotWrapExceptions, binder: null, index: null, CultureInfo.InvariantCulture);
        return copy;
    }

}
