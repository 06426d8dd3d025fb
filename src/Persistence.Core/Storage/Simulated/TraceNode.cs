namespace Persistence.Storage.Simulated;

/// <summary>A file or directory as it was when recording started; empty if it was made later.</summary>
public sealed class TraceNode
{
    internal TraceNode(PagedContent content)
    {
        Content = content;
        Names = new Dictionary<string, int>(StringComparer.Ordinal);
    }

    internal TraceNode(IReadOnlyDictionary<string, int> names) => Names = names;

    /// <summary>Which of the two.</summary>
    public FileEntryKind Kind => Content is null ? FileEntryKind.Directory : FileEntryKind.File;

    /// <summary>A directory's names and the numbers of what they stand for; empty for a file.</summary>
    public IReadOnlyDictionary<string, int> Names { get; }

    /// <summary>A file's bytes; null for a directory.</summary>
    internal PagedContent? Content { get; }
}
