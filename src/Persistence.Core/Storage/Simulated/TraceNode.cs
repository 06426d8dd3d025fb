namespace Persistence.Storage.Simulated;

/// <summary>A file or directory as it was when recording started, or empty if it was made later.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Content">A file's bytes; null for a directory.</param>
/// <param name="Names">A directory's names and what they stand for.</param>
internal sealed record TraceNode(FileEntryKind Kind, PagedContent? Content, IReadOnlyDictionary<string, int> Names);
