namespace Persistence.Serialization;

/// <summary>Turns objects this assembly does not know into data. Thread-safe.</summary>
public interface IValueAdapter
{
    /// <summary>
    /// Called for every object that is not itself one of the format's scalars, collections that are known included, before
    /// it is written; and again for what it returned, a few times at most.
    /// </summary>
    /// <param name="value">The object.</param>
    /// <param name="adapted">What to write in its place: data, a <see cref="PropertyBag"/>, or null for nil.</param>
    /// <returns>False to leave the object as it is.</returns>
    /// <exception cref="ValueNotSupportedException">The object must not be stored. The writer adds the path that leads to it.</exception>
    bool TryAdapt(object value, out object? adapted);
}
