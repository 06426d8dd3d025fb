using Persistence.State;

namespace Persistence.Root;

/// <summary>The list of branches in ROOT.</summary>
internal static class RootBranches
{
    /// <summary>More are not listed: ROOT is one page.</summary>
    public const int ListedMax = 24;

    /// <summary>Adds one; the oldest makes room.</summary>
    public static IReadOnlyList<RootBranch> Add(IReadOnlyList<RootBranch> listed, RootBranch branch) => [.. listed.TakeLast(ListedMax - 1), branch];

    /// <summary>Those of which the history that was left is still kept, in part at least.</summary>
    /// <param name="listed">What is listed.</param>
    /// <param name="oldest">The first position of the oldest segment that is kept.</param>
    public static IReadOnlyList<RootBranch> KeptFrom(IReadOnlyList<RootBranch> listed, Lsn oldest) => [.. listed.Where(branch => branch.First > oldest)];
}
