using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Tests.Engine;

/// <summary>A state that counts its records, and on the way does what a test says, which may be to throw.</summary>
internal sealed class BreakableState : IStateModel, IDeferredEffects
{
    private static readonly RecordType Counted = new(StateModelId.Entities, 1);

    private ICommandSink? _sink;
    private int _applied;

    public Action? BeforeSequence { get; set; }

    public Action? BeforeApply { get; set; }

    public Action? BeforeCapture { get; set; }

    /// <summary>With it there is always something to be carried out.</summary>
    public Action? BeforeCarryOut { get; set; }

    /// <summary>What is wrong with it after it was rebuilt.</summary>
    public IReadOnlyList<string> Violations { get; init; } = [];

    public int Applied => Volatile.Read(ref _applied);

    public int PendingCount => BeforeCarryOut is null ? 0 : 1;

    public StateModelId Id => StateModelId.Entities;

    public byte SnapshotVersion => 1;

    public CommitResult Count(CommitDurability durability = CommitDurability.Store) => _sink!.Commit(NewBatch(), durability);

    public ValueTask<CommitResult> CountAsync(CommitDurability durability = CommitDurability.Store) => _sink!.CommitAsync(NewBatch(), durability);

    public void Attach(ICommandSink sink) => _sink = sink;

    public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail) => BeforeSequence?.Invoke();

    public void EndSequence(bool accepted)
    {
    }

    public void ForgetSequenced()
    {
    }

    public void Apply(in LogRecord record)
    {
        BeforeApply?.Invoke();
        Interlocked.Increment(ref _applied);
    }

    public IStateCapture Capture(Lsn since)
    {
        BeforeCapture?.Invoke();
        return new CountCapture(Applied);
    }

    public void Reset() => Volatile.Write(ref _applied, 0);

    public void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion) => Volatile.Write(ref _applied, (int)new MessagePackReader(item).ReadInt64());

    public IReadOnlyList<string> FindViolations() => Violations;

    public void CarryOut(IFileSystem files, int count, CommandBatch note) => BeforeCarryOut?.Invoke();

    public IReadOnlyList<string> FindLeftovers(IFileSystem files) => [];

    public void ForgetBelow(IFileSystem files, Lsn position)
    {
    }

    private static CommandBatch NewBatch()
    {
        CommandBatch batch = new();
        new MessagePackWriter(batch.Begin()).WriteNil();
        batch.End(Counted, version: 1);
        return batch;
    }

    private sealed class CountCapture(int applied) : IStateCapture
    {
        private bool _written;

        public long Count => 1;

        public bool TryWriteNext(GrowableBuffer item)
        {
            if (_written)
                return false;
            new MessagePackWriter(item).WriteInteger(applied);
            return _written = true;
        }
    }
}
