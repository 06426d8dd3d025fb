namespace Persistence.Storage;

/// <summary>One name in a directory.</summary>
/// <param name="Name">The name, without its directory.</param>
/// <param name="Kind">What it is; a link is reported as a link, never followed.</param>
public readonly record struct FileEntry(string Name, FileEntryKind Kind);
