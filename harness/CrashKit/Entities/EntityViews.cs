using System.Globalization;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>Looks at the same entities in several ways, which have to agree: all of them, those of one table, those of one table and not of another, their number.</summary>
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
        string? before = null;
        foreach (string table in schema.Tables.Values.Select(static table => table.Name))
        {
            if (FindDifference(state.Query(table).Read(), entities, entity => entity.Find(table) is not null) is string difference)
                yield return Wrong($"query/{table}", difference);
            string other = before ?? table;
            if (before is not null && FindDifference(state.Query(table).Without(other).Read(), entities, entity => entity.Find(table) is not null && entity.Find(other) is null) is string without)
                yield return Wrong($"query/{table}/{other}", without);
            before = table;
        }
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
