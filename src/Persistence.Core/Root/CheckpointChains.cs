using Persistence.State;

namespace Persistence.Root;

/// <summary>
/// Chains in the list of checkpoints: a full one and the increments after it, each of which builds on the one before. Every beginning of a chain is a
/// state too; two chains share no file.
/// </summary>
internal static class CheckpointChains
{
    /// <summary>More are not listed: ROOT is one page. At least as many as there may be chains.</summary>
    public const int ListedMax = 64;

    /// <summary>How many chains there are.</summary>
    public static int Count(IReadOnlyList<RootCheckpoint> listed) => listed.Count(static checkpoint => !checkpoint.IsIncrement);

    /// <summary>What has to be loaded for one checkpoint, in order: from its full one to itself; null when that is not listed.</summary>
    public static IReadOnlyList<RootCheckpoint>? To(IReadOnlyList<RootCheckpoint> listed, int index)
    {
        int first = index;
        while (first >= 0 && listed[first].IsIncrement)
            first--;
        return first < 0 ? null : listed.Skip(first).Take(index - first + 1).ToArray();
    }

    /// <summary>The newest chain; empty without any.</summary>
    public static IReadOnlyList<RootCheckpoint> Newest(IReadOnlyList<RootCheckpoint> listed) => listed.Count == 0 ? [] : To(listed, listed.Count - 1) ?? [];

    /// <summary>The newest chains, whole: as many as are wanted, and as ROOT has room for.</summary>
    public static IReadOnlyList<RootCheckpoint> KeepNewest(IReadOnlyList<RootCheckpoint> listed, int chains)
    {
        int first = listed.Count;
        int kept = 0;
        for (int i = listed.Count - 1; i >= 0 && kept < chains && (kept == 0 || listed.Count - i <= ListedMax); i--)
        {
            if (listed[i].IsIncrement && i > 0)
                continue;
            first = i;
            kept++;
        }

        return listed.Skip(first).ToArray();
    }

    /// <summary>What is left without some checkpoints, and without the increments that build on them.</summary>
    public static IReadOnlyList<RootCheckpoint> Without(IReadOnlyList<RootCheckpoint> listed, IReadOnlyCollection<long> ids)
    {
        List<RootCheckpoint> kept = [];
        bool isBroken = true;
        foreach (RootCheckpoint checkpoint in listed)
        {
            isBroken = ids.Contains(checkpoint.Id) || (isBroken && checkpoint.IsIncrement);
            if (!isBroken)
                kept.Add(checkpoint);
        }

        return kept;
    }

    /// <summary>What is left without those whose log is gone and that nothing builds on whose log is there.</summary>
    /// <param name="listed">The checkpoints.</param>
    /// <param name="neededFrom">From here on the log is kept.</param>
    public static IReadOnlyList<RootCheckpoint> KeepUsable(IReadOnlyList<RootCheckpoint> listed, Lsn neededFrom)
    {
        Stack<RootCheckpoint> kept = [];
        bool isBuiltOn = false;
        foreach (RootCheckpoint checkpoint in listed.Reverse())
        {
            if (isBuiltOn || checkpoint.RedoFrom >= neededFrom)
                kept.Push(checkpoint);
            isBuiltOn = checkpoint.IsIncrement && (isBuiltOn || checkpoint.RedoFrom >= neededFrom);
        }

        return kept.ToArray();
    }

    /// <summary>The last checkpoint of the oldest chain: while its log is kept, that chain can take the place of every newer one.</summary>
    public static RootCheckpoint OldestTip(IReadOnlyList<RootCheckpoint> listed)
    {
        int last = 0;
        while (last + 1 < listed.Count && listed[last + 1].IsIncrement)
            last++;
        return listed[last];
    }

    /// <summary>Whether another increment may be listed: there must be room left for the full checkpoints that are still to come.</summary>
    public static bool HasRoomForIncrement(IReadOnlyList<RootCheckpoint> listed, int chainsRetained) =>
        listed.Count + Math.Max(chainsRetained - Count(listed), 0) < ListedMax;
}
