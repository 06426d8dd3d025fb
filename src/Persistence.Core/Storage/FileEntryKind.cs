namespace Persistence.Storage;

/// <summary>What a directory entry is.</summary>
public enum FileEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link or reparse point, or a device, socket or pipe, or a name no path can hold: nothing the engine opens.</summary>
    Other,
}
