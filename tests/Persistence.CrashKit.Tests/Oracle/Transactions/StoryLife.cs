namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>A life that can still be tampered with.</summary>
internal sealed class StoryLife
{
    public Dictionary<string, List<long>> Recovered { get; } = [];

    public List<StoryTransaction> Transactions { get; } = [];

    /// <summary>The place of its first event and the one after its last.</summary>
    public long BeginAt { get; set; }

    public long EndAt { get; set; }
}
