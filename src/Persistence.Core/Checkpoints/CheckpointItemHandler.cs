using Persistence.State;

namespace Persistence.Checkpoints;

/// <summary>Takes one item of a section. The bytes are valid only during the call.</summary>
internal delegate void CheckpointItemHandler(CheckpointSection section, StoredPlace place, ReadOnlySpan<byte> item);
