namespace Persistence.Storage;

/// <summary>What a file is opened for.</summary>
public enum FileIntent
{
    /// <summary>Read an existing file.</summary>
    Read,

    /// <summary>Read and write an existing file.</summary>
    ReadWrite,

    /// <summary>Create a file that must not exist, readable and writable by the owner only.</summary>
    CreateNew,

    /// <summary>Read and write, creating the file (for the owner only) when it is missing.</summary>
    OpenOrCreate,
}
