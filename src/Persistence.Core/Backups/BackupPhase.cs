namespace Persistence.Backups;

/// <summary>What is being done.</summary>
public enum BackupPhase
{
    /// <summary>The store is read, to find out where its log ends.</summary>
    Reading,

    /// <summary>Bytes are copied.</summary>
    Copying,

    /// <summary>What was copied is verified.</summary>
    Verifying,

    /// <summary>States are rebuilt from a backup.</summary>
    Rebuilding,

    /// <summary>The new store is written.</summary>
    Writing,
}
