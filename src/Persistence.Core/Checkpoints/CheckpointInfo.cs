using Persistence.State;

namespace Persistence.Checkpoints;

/// <summary>A published checkpoint, described.</summary>
public sealed record CheckpointInfo
{
    /// <summary>Its number, increasing.</summary>
    public required long Id { get; init; }

    /// <summary>Why its file cannot be read, or null. Then only number, kind, positions and size are known: what ROOT and the directory say. Whether the content is whole is another question: <see cref="CheckpointVerification"/>.</summary>
    public string? Problem { get; init; }

    /// <summary>The name given when it was taken, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it holds the whole state; else it is an increment.</summary>
    public bool IsFull { get; init; } = true;

    /// <summary>The checkpoint an increment builds on; null for a full one.</summary>
    public long? ParentId { get; init; }

    /// <summary>When it was taken; null where it cannot be read.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Where replay starts.</summary>
    public Lsn RedoFrom { get; init; }

    /// <summary>From where it is consistent.</summary>
    public Lsn End { get; init; }

    /// <summary>Items of all models.</summary>
    public long ItemCount { get; init; }

    /// <summary>Size of its file in bytes.</summary>
    public long FileBytes { get; init; }

    /// <summary>Size of its content in bytes before compression.</summary>
    public long RawBytes { get; init; }

    /// <summary>Its file, inside the store.</summary>
    public required string Path { get; init; }

    internal static CheckpointInfo From(CheckpointReader reader, string path) => new()
    {
        Id = reader.Header.Id,
        Name = reader.Footer.Name,
        IsFull = reader.Footer.Parent is null,
        ParentId = reader.Footer.Parent?.Id,
        Created = Timestamps.ToInstant(reader.Header.Created),
        RedoFrom = reader.Footer.RedoFrom,
        End = reader.Footer.End,
        ItemCount = reader.Footer.Sections.Sum(section => section.ItemCount),
        FileBytes = reader.FileBytes,
        RawBytes = reader.Footer.RawBytes,
        Path = path,
    };
}
