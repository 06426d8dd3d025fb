namespace Persistence.CrashKit.Protocol;

/// <summary>The names of the points, as the protocol and the command line have them.</summary>
internal static class KillPoints
{
    private static readonly Dictionary<string, KillPoint> ByName = new(StringComparer.Ordinal)
    {
        ["between-ack-and-write"] = KillPoint.BetweenAckAndWrite,
        ["inside-write"] = KillPoint.InsideWrite,
        ["before-sync"] = KillPoint.BeforeSync,
        ["after-sync"] = KillPoint.AfterSync,
        ["inside-checkpoint-write"] = KillPoint.InsideCheckpointWrite,
        ["before-checkpoint-rename"] = KillPoint.BeforeCheckpointRename,
        ["after-checkpoint-rename"] = KillPoint.AfterCheckpointRename,
        ["before-roll-rename"] = KillPoint.BeforeRollRename,
        ["after-roll-rename"] = KillPoint.AfterRollRename,
        ["inside-root-write"] = KillPoint.InsideRootWrite,
        ["inside-retirement"] = KillPoint.InsideRetirement,
        ["inside-recovery"] = KillPoint.InsideRecovery,
        ["inside-creation"] = KillPoint.InsideCreation,
        ["inside-archive-write"] = KillPoint.InsideArchiveWrite,
        ["before-archive-rename"] = KillPoint.BeforeArchiveRename,
        ["after-archive-rename"] = KillPoint.AfterArchiveRename,
    };

    private static readonly Dictionary<KillPoint, string> Names = ByName.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static IReadOnlyList<KillPoint> All { get; } = Enum.GetValues<KillPoint>();

    public static string NameOf(KillPoint point) => Names[point];

    public static KillPoint Parse(string name) =>
        ByName.TryGetValue(name, out KillPoint point) ? point : throw new ProtocolException($"There is no kill point '{name}'. Known: {string.Join(", ", ByName.Keys)}.");

    /// <summary>Whether only a store that archives its log comes to it.</summary>
    public static bool NeedsArchive(KillPoint point) => point is KillPoint.InsideArchiveWrite or KillPoint.BeforeArchiveRename or KillPoint.AfterArchiveRename;

    /// <summary>Which part of a worker's life the point belongs to.</summary>
    public static WorkerPhase PhaseOf(KillPoint point) => point switch
    {
        KillPoint.InsideCreation => WorkerPhase.Creating,
        KillPoint.InsideRecovery => WorkerPhase.Opening,
        _ => WorkerPhase.Running,
    };
}
