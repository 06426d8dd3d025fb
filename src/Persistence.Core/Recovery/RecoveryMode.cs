namespace Persistence.Recovery;

/// <summary>How much damage opening for writing puts up with. Whatever the mode, no evidence is destroyed.</summary>
public enum RecoveryMode
{
    /// <summary>A torn tail is dropped, damage is refused. What opening does by itself.</summary>
    Strict,

    /// <summary>
    /// Damage in the newest segment ends the log there too; what follows is kept in quarantine and listed. A lost ROOT is rebuilt from the
    /// segments and checkpoints, without being able to exclude that a newest segment is missing.
    /// </summary>
    TolerateTail,
}
