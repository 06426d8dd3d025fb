namespace Persistence.CrashKit.Entities.Model;

/// <summary>How what was found of a writer's own differs from what it should be, in words.</summary>
internal static class ModelDifference
{
    /// <summary>One for each item that differs.</summary>
    /// <param name="model">What it should be.</param>
    /// <param name="found">All items of entities, other writers' among them, by their keys.</param>
    public static IReadOnlyList<string> Find(WriterModel model, IReadOnlyDictionary<string, string> found)
    {
        Dictionary<string, string> wanted = new(model.Items, StringComparer.Ordinal);
        string prefix = EntityKeys.PrefixOf(model.Writer);
        IEnumerable<string> keys = found.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Union(wanted.Keys).Order(StringComparer.Ordinal);
        return [.. keys.Where(key => wanted.GetValueOrDefault(key) != found.GetValueOrDefault(key)).Select(key => $"'{key}' should be {Show(wanted, key)} and is {Show(found, key)}")];
    }

    private static string Show(IReadOnlyDictionary<string, string> items, string key) => items.TryGetValue(key, out string? text) ? $"'{text}'" : "absent";
}
