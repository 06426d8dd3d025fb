using Persistence.Recovery;

namespace Persistence.Backups;

/// <summary>What verifying a backup has found.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Findings">What is wrong with it or with those it builds on; nothing when it can be restored.</param>
public sealed record BackupVerification(BackupInfo Backup, IReadOnlyList<RecoveryFinding> Findings)
{
    /// <summary>Whether it can be restored.</summary>
    public bool IsWhole => Findings.Count == 0;
}
