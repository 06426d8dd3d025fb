namespace Persistence.Root;

/// <summary>The list of branches in ROOT. They stay there when the log they tell of is gone: a reader that has followed it, and comes back, is told by them where it has to go on.</summary>
internal static class RootBranches
{
    /// <summary>More are not listed: ROOT is one page.</summary>
    public const int ListedMax = 24;

    /// <summary>Adds one; the oldest makes room.</summary>
    public static IReadOnlyList<RootBranch> Add(IReadOnlyList<RootBranch> listed, RootBranch branch) => listed.TakeLast(ListedMax - 1).Append(branch).ToArray();
}
