namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Why one transaction comes before another.</summary>
public enum DependencyKind
{
    /// <summary>ww: the other appended after what this one had appended.</summary>
    WriteWrite,

    /// <summary>wr: the other saw what this one had appended.</summary>
    WriteRead,

    /// <summary>rw, an anti-dependency: this one did not see what the other appended.</summary>
    ReadWrite,

    /// <summary>This one was acknowledged before the other began.</summary>
    RealTime,

    /// <summary>This one belongs to an earlier life of the process.</summary>
    LifeOrder,
}
