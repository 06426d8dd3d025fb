namespace Persistence.CrashKit.Oracle;

/// <summary>What a store holds, as a dump shows it.</summary>
/// <param name="Items">Keys and values.</param>
/// <param name="Records">The application records the log still has, in log order.</param>
public sealed record Observation(IReadOnlyDictionary<string, string> Items, IReadOnlyList<string> Records)
{
    /// <summary>An empty store.</summary>
    public static Observation Empty { get; } = new(new Dictionary<string, string>(), []);

    /// <summary>The first difference to another observation, in words, or null when there is none.</summary>
    public string? FindDifference(Observation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (string key in Items.Keys.Union(other.Items.Keys).Order(StringComparer.Ordinal))
        {
            string? mine = Items.GetValueOrDefault(key);
            string? theirs = other.Items.GetValueOrDefault(key);
            if (mine != theirs)
                return $"key '{key}' is {Show(mine)} here and {Show(theirs)} there";
        }

        if (Records.Count != other.Records.Count)
            return $"{Records.Count} records here and {other.Records.Count} there";
        for (int i = 0; i < Records.Count; i++)
        {
            if (Records[i] != other.Records[i])
                return $"record {i} is '{Records[i]}' here and '{other.Records[i]}' there";
        }

        return null;
    }

    private static string Show(string? value) => value is null ? "absent" : $"'{value}'";
}
