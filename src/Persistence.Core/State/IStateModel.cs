using Persistence.Serialization;

namespace Persistence.State;

/// <summary>
/// A state that lives in the log: the engine sequences its commands, logs them, applies them, and rebuilds it from a
/// checkpoint and the log. A live change and its replay call the same <see cref="Apply"/>.
/// </summary>
public interface IStateModel
{
    /// <summary>The model's number in records and checkpoints.</summary>
    StateModelId Id { get; }

    /// <summary>Version of the items <see cref="Capture"/> writes; items of this version and older are read.</summary>
    byte SnapshotVersion { get; }

    /// <summary>Whether a store that is open has it. No other can be opened with it then: its state would be lost.</summary>
    bool IsInUse => false;

    /// <summary>
    /// Whether records of a type take something away, or note what was done, and add nothing: on a full disk commits of such records alone may use the space held for that.
    /// </summary>
    bool IsRemoval(RecordType type) => false;

    /// <summary>Gives the model the engine its mutators commit to. Called once, before anything else.</summary>
    void Attach(ICommandSink sink);

    /// <summary>
    /// Checks a command against the applied state plus everything sequenced and not yet applied, and writes what the record
    /// needs to know of that state (a previous value) behind its payload. Called in LSN order, never concurrently with
    /// itself, possibly concurrently with <see cref="Apply"/> of earlier records. Throwing rejects the whole batch: whatever
    /// <see cref="Apply"/> would not take must be refused here.
    /// </summary>
    void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail);

    /// <summary>Ends the batch whose commands were sequenced: accepted, or withdrawn as if it had never been.</summary>
    void EndSequence(bool accepted);

    /// <summary>Everything sequenced so far is applied or will never be: forget what was kept for <see cref="Sequence"/>.</summary>
    void ForgetSequenced();

    /// <summary>
    /// Applies one record. May not fail: whatever can was checked before the record was formed. Once attached, nobody may see it, snapshots included, before
    /// <see cref="SnapshotHorizon.Visible"/> has reached its <see cref="LogRecord.CommitLsn"/>.
    /// </summary>
    void Apply(in LogRecord record);

    /// <summary>
    /// A consistent view of the state as it is now, cheap to take (a few milliseconds at most, however large the state is), written out later. One at a time: the next is taken
    /// when the one before has ended.
    /// </summary>
    /// <param name="since">What was committed below is in the checkpoint that this one builds on: changes since then are enough. <see cref="Lsn.None"/>: everything is wanted.</param>
    /// <returns>What was asked for; a model may always answer with its whole state.</returns>
    IStateCapture Capture(Lsn since);

    /// <summary>Empties the state before it is rebuilt.</summary>
    void Reset();

    /// <summary>Takes one checkpoint item. Those of an increment follow those of what it builds on, and take their places.</summary>
    void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion);

    /// <summary>Whether it wants to read items again from a checkpoint instead of keeping them.</summary>
    bool ReadsStored => false;

    /// <summary>As <see cref="ReadItem(ReadOnlySpan{byte}, byte)"/>, of a model that <see cref="ReadsStored"/>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="snapshotVersion">Its version.</param>
    /// <param name="items">How to read it again, if the model keeps it; the engine disposes of it when the store is closed or the states are emptied, the model may do so earlier.</param>
    /// <param name="place">Where it is.</param>
    void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion, IStoredItems items, StoredPlace place) => ReadItem(item, snapshotVersion);

    /// <summary>Checks the state's own invariants after recovery: one sentence per violation, none when all hold.</summary>
    IReadOnlyList<string> FindViolations();
}
