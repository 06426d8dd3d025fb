using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Worker;

/// <summary>Says what a store holds, in lines of bounded length.</summary>
internal static class StoreDump
{
    private const int TextMax = 3000;

    // Quotes, brackets, commas.
    private const int OverheadPerText = 8;

    public static void Say(Observation observation, WorkerChannel channel)
    {
        foreach (IReadOnlyList<KeyValuePair<string, string>> part in Split(observation.Items, item => item.Key.Length + item.Value.Length + (2 * OverheadPerText)))
            channel.DumpItems(part);
        foreach (IReadOnlyList<string> part in Split(observation.Records, record => record.Length + OverheadPerText))
            channel.DumpRecords(part);
        channel.DumpEnd();
    }

    private static IEnumerable<IReadOnlyList<T>> Split<T>(IEnumerable<T> all, Func<T, int> measure)
    {
        List<T> part = [];
        int length = 0;
        foreach (T one in all)
        {
            int more = measure(one);
            if (part.Count > 0 && length + more > TextMax)
            {
                yield return part;
                part = [];
                length = 0;
            }

            part.Add(one);
            length += more;
        }

        if (part.Count > 0)
            yield return part;
    }
}
