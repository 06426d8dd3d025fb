using System.Globalization;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>Looks at the same entities in several ways, which have to agree: all of them, those of one table, those of one table and of another or not of it, their number.</summary>
internal static class EntityViews
{
    /// <summary>An item for each contradiction.</summary>
    /// <param name="state">The state. Nobody changes it meanwhile.</param>
    /// <param name="schema">Its tables.</param>
    /// <param name="entities">All of its entities, with their components.</param>
    public static IEnumerable<EntityItem> FindContradictions(EntityState state, EntitySchema schema, Dictionary<EntityId, Entity> entities)
    {
        if (state.Count != entities.Count)
            yield return Wrong("count", $"{state.Count} are counted, {entities.Count} are shown");
        foreach (Entity entity in entities.Values.Where(static entity => !entity.Tables.SequenceEqual(entity.Components.Select(static component => component.Table.Name))))
            yield return Wrong($"tables/{entity.Id}", string.Join(',', entity.Tables));
        string[] tables = [.. schema.Tables.Values.Select(static table => table.Name)];
        foreach (string table in tables)
        {
            if (FindDifference(state.Query(table).Read(), entities, entity => entity.Find(table) is not null) is string difference)
                yield return Wrong($"query/{table}", difference);
        }

        // Of the pairs one, another one when there are more or fewer.
        (string one, string other) = (tables[entities.Count % tables.Length], tables[(entities.Count + 1) % tables.Length]);
        if (FindDifference(state.Query(one).Without(other).Read(), entities, entity => entity.Find(one) is not null && entity.Find(other) is null) is string without)
            yield return Wrong($"query/{one}/{other}", without);
        if (FindDifference(state.Query(one, other).Read(), entities, entity => entity.Find(one) is not null && entity.Find(other) is not null) is string both)
            yield return Wrong($"query/{one}+{other}", both);
    }

    private static string? FindDifference(EntityQuery query, Dictionary<EntityId, Entity> entities, Func<Entity, bool> isWanted)
    {
        int found = 0;
        foreach (Entity entity in query)
        {
            if (!entities.TryGetValue(entity.Id, out Entity? known) || !isWanted(known))
                return $"{entity.Id} is found";
            found++;
        }

        int expected = entities.Values.Count(isWanted);
        return found == expected ? null : $"{found} are found of {expected}";
    }

    private static EntityItem Wrong(string what, FormattableString text) => new(EntityKeys.Wrong(what), text.ToString(CultureInfo.InvariantCulture));

    private static EntityItem Wrong(string what, string text) => new(EntityKeys.Wrong(what), text);
}
