using Persistence.Checkpoints;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>A checkpoint that is captured and not written yet.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Parent">What it builds on; null: it is a full one.</param>
/// <param name="Position">The state holds what was committed below.</param>
/// <param name="Redo">Where replay starts.</param>
/// <param name="Captures">The states, in the order of the models.</param>
internal sealed record CheckpointDraft(
    long Id, CheckpointRequest Request, RootCheckpoint? Parent, LogPosition Position, LogPosition Redo, IReadOnlyList<IStateCapture> Captures)
{
    public int Kind => Parent is null ? RootCheckpoint.Full : RootCheckpoint.Increment;
}
