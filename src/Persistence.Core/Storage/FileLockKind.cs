namespace Persistence.Storage;

/// <summary>How a file is locked.</summary>
public enum FileLockKind
{
    /// <summary>Any number of holders, as long as none is exclusive.</summary>
    Shared,

    /// <summary>One holder.</summary>
    Exclusive,
}
