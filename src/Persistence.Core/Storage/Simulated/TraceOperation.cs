namespace Persistence.Storage.Simulated;

/// <summary>One operation of a recorded run that changed something or made something durable. Files and directories go by number.</summary>
public sealed record TraceOperation
{
    /// <summary>What it was.</summary>
    public required DiskChangeKind Kind { get; init; }

    /// <summary>Whether it makes something durable, or was to.</summary>
    public bool IsBarrier =>
        Kind is DiskChangeKind.Sync or DiskChangeKind.SyncData or DiskChangeKind.SyncDirectory or DiskChangeKind.FailedSync or DiskChangeKind.RevertedSync;

    /// <summary>When it began; stamps count up, and no two events share one.</summary>
    public long Enter { get; init; }

    /// <summary>When it returned, <see cref="long.MaxValue"/> if it did not. Until then a cut may leave any part of it.</summary>
    public long Exit { get; init; } = long.MaxValue;

    /// <summary>The file written, cut or synced; for names the directory they are in.</summary>
    public required int Subject { get; init; }

    /// <summary>The directory of a rename's or link's new name.</summary>
    public int TargetDirectory { get; init; }

    /// <summary>What the name stands for.</summary>
    public int Node { get; init; }

    /// <summary>The name concerned; of a rename the old one.</summary>
    public string Name { get; init; } = "";

    /// <summary>The new name of a rename or link.</summary>
    public string NewName { get; init; } = "";

    /// <summary>Whether a rename took the name from another file.</summary>
    public bool Replaces { get; init; }

    /// <summary>Where a write starts, or the length that was set or allocated.</summary>
    public long Position { get; init; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The size before a write, a cut or an allocation.</summary>
    public long SizeBefore { get; init; }
}
