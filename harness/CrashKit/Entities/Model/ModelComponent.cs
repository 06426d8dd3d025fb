using System.Collections.Immutable;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>A component, as it has to be.</summary>
/// <param name="Values">Each field's value in words, by the field's number.</param>
internal sealed record ModelComponent(ImmutableSortedDictionary<int, string> Values)
{
    /// <summary>One that says nothing: each field has its default.</summary>
    public static ModelComponent Blank(ModelTable table) => new(table.Fields.ToImmutableSortedDictionary(static field => field.Number, static field => field.Default));

    /// <summary>With other values of some fields.</summary>
    public ModelComponent With(IEnumerable<KeyValuePair<int, string>> values) => new(Values.SetItems(values));

    /// <summary>As it is once its table has one more field.</summary>
    public ModelComponent Add(ModelField field) => new(Values.Add(field.Number, field.Default));

    /// <summary>As it is once its table has a field less.</summary>
    public ModelComponent Drop(int field) => new(Values.Remove(field));
}
