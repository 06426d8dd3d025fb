namespace Persistence.Storage.Simulated;

/// <summary>One operation that changes something, with its arguments: what passes through <see cref="SimulatedFileSystem"/>'s one gate.</summary>
internal readonly ref struct SimulatedChange
{
    public required DiskChangeKind Kind { get; init; }

    /// <summary>The path as the caller gave it, for errors.</summary>
    public required string Path { get; init; }

    /// <summary>The name concerned; for a rename or link the existing one.</summary>
    public StorePath Name { get; init; }

    /// <summary>The new name of a rename or link.</summary>
    public StorePath Target { get; init; }

    /// <summary>The file concerned, where it is known by a handle.</summary>
    public SimulatedInode? File { get; init; }

    /// <summary>The handle that syncs.</summary>
    public SimulatedFile? Handle { get; init; }

    /// <summary>Where a write starts, or the length to set or allocate.</summary>
    public long Position { get; init; }

    /// <summary>What to write.</summary>
    public ReadOnlySpan<byte> Data { get; init; }
}
