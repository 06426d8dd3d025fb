namespace Persistence.CrashKit.Protocol;

/// <summary>What a worker's store does beside the operations, as the protocol calls it.</summary>
internal static class Deeds
{
    /// <summary>An increment has its name.</summary>
    public const string Increment = "increment";

    /// <summary>A compaction has ended.</summary>
    public const string Compaction = "compaction";

    /// <summary>A segment has its name in the archive.</summary>
    public const string Archived = "archived";
}
