namespace Persistence.CrashKit.Corruption;

/// <summary>The kinds of file that stores and backups have, as reports call them.</summary>
internal static class FileKinds
{
    public const string Lock = "LOCK";
    public const string Owner = "OWNER";
    public const string Root = "ROOT";
    public const string RecoveryLog = "recovery.log";
    public const string Configuration = "persistence.toml";
    public const string ActiveSegment = "active segment";
    public const string SealedSegment = "sealed segment";
    public const string RetiredSegment = "retired segment";
    public const string Spare = "spare segment";
    public const string Checkpoint = "checkpoint";
    public const string UnlistedCheckpoint = "unlisted checkpoint";
    public const string Quarantine = "quarantine";
    public const string Staging = "staging";
    public const string ArchivedSegment = "archived segment";
    public const string Ballast = "ballast";
    public const string BackupManifest = "manifest of a backup";
    public const string BackupFile = "file of a backup";
    public const string Other = "other file";

    /// <summary>Each has to have been damaged for a run to prove anything.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Lock, Owner, Root, RecoveryLog, Configuration, ActiveSegment, SealedSegment, RetiredSegment, Spare, Checkpoint, UnlistedCheckpoint, Quarantine, Staging,
        ArchivedSegment, Ballast, BackupManifest, BackupFile,
    ];
}
