namespace Persistence.Configuration;

/// <summary>What somebody may have meant who wrote a name there is not.</summary>
internal static class NearestName
{
    /// <summary>The name that takes the fewest letters to be inserted, removed or replaced.</summary>
    public static string Find(string name, IEnumerable<string> known) => known.MinBy(candidate => Distance(name, candidate))!;

    private static int Distance(string from, string to)
    {
        int[] previous = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] current = new int[to.Length + 1];
            current[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[to.Length];
    }
}
