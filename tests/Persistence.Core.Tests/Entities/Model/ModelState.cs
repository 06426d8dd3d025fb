using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Persistence.Entities;

namespace Persistence.Tests.Entities.Model;

/// <summary>What entities should be: nothing but sets of names and texts, which never change. Values are as <see cref="EntityDump.Format"/> shows them.</summary>
internal sealed record ModelState
{
    public static ModelState Empty { get; } = new();

    public ImmutableSortedDictionary<int, ModelTable> Tables { get; init; } = ImmutableSortedDictionary<int, ModelTable>.Empty;

    public ImmutableSortedDictionary<EntityId, ImmutableSortedDictionary<int, ImmutableDictionary<int, string>>> Entities { get; init; } =
        ImmutableSortedDictionary<EntityId, ImmutableSortedDictionary<int, ImmutableDictionary<int, string>>>.Empty;

    public int NextTable { get; init; } = 1;

    /// <summary>As <see cref="EntityDump.Of"/> shows it.</summary>
    public string Dump()
    {
        StringBuilder text = new();
        foreach (ModelTable table in Tables.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"table {table.Number} {table.Name} version {table.Version}:");
            foreach (ModelField field in table.Fields)
                text.Append(CultureInfo.InvariantCulture, $" {field.Number} {field.Name} {field.Type} = {field.Default};");
            text.Append('\n');
        }

        foreach ((EntityId entity, ImmutableSortedDictionary<int, ImmutableDictionary<int, string>> components) in Entities)
            text.Append(Show(entity, components)).Append('\n');
        return text.Append(CultureInfo.InvariantCulture, $"{Entities.Count} of {Entities.Count}").ToString();
    }

    /// <summary>The entities for which something holds.</summary>
    public IEnumerable<EntityId> Where(Func<ImmutableSortedDictionary<int, ImmutableDictionary<int, string>>, bool> holds) => Entities.Where(pair => holds(pair.Value)).Select(static pair => pair.Key);

    public ModelState With(ModelTable table) => this with { Tables = Tables.SetItem(table.Number, table) };

    public ModelState WithoutTable(int table) => this with
    {
        Tables = Tables.Remove(table),
        Entities = Entities.ToImmutableSortedDictionary(static pair => pair.Key, pair => pair.Value.Remove(table)),
    };

    public ModelState With(EntityId entity, int table, ImmutableDictionary<int, string>? values) => this with
    {
        Entities = Entities.SetItem(entity, values is null ? Entities[entity].Remove(table) : Entities[entity].SetItem(table, values)),
    };

    /// <summary>Changes the values of all components of a table.</summary>
    public ModelState Each(int table, Func<ImmutableDictionary<int, string>, ImmutableDictionary<int, string>> change) => this with
    {
        Entities = Entities.ToImmutableSortedDictionary(static pair => pair.Key, pair => pair.Value.TryGetValue(table, out ImmutableDictionary<int, string>? values) ? pair.Value.SetItem(table, change(values)) : pair.Value),
    };

    private string Show(EntityId entity, ImmutableSortedDictionary<int, ImmutableDictionary<int, string>> components)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{entity} [{string.Join(',', components.Keys.Select(table => Tables[table].Name))}]:");
        foreach ((int number, ImmutableDictionary<int, string> values) in components)
            text.Append(CultureInfo.InvariantCulture, $" {Tables[number].Name}({string.Join(", ", Tables[number].Fields.Select(field => $"{field.Name}={values[field.Number]}"))})");
        return text.ToString();
    }
}
