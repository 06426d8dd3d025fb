namespace Persistence.Engine;

/// <summary>What a directory holds.</summary>
internal enum StoreContent
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>A store's directories and no ROOT: creating was cut short before anything was written; creating again completes it.</summary>
    CreationCutShort,

    /// <summary>What a restore, or a salvage, that was cut short has left; it does not count, and doing it again begins anew.</summary>
    FoundingCutShort,

    /// <summary>A store.</summary>
    Store,

    /// <summary>A log or checkpoints, and no ROOT.</summary>
    StoreWithoutRoot,

    /// <summary>Something else.</summary>
    Foreign,
}
