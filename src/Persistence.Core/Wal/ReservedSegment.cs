using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>A file whose space is held and whose length is durable, ready to become a segment.</summary>
/// <param name="File">Open for writing.</param>
/// <param name="Path">Its name while it is a spare.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="FilledBytes">How much of it is written with zeros (or old frames), so that overwriting it costs no metadata.</param>
internal sealed record ReservedSegment(IFile File, string Path, long SizeBytes, long FilledBytes)
{
    /// <summary>Whether its space was held for a full disk: it takes only commits that remove.</summary>
    public bool IsFromReserve { get; init; }
}
