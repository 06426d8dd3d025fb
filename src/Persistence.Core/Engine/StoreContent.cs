namespace Persistence.Engine;

/// <summary>What a directory holds.</summary>
internal enum StoreContent
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>A store's directories and no ROOT: creating was cut short before anything was written; creating again completes it.</summary>
    CreationCutShort,

    /// <summary>A store.</summary>
    Store,

    /// <summary>A log or checkpoints, and no ROOT.</summary>
    StoreWithoutRoot,

    /// <summary>Something else.</summary>
    Foreign,
}
