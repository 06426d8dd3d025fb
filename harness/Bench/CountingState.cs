using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Harness.Bench;

/// <summary>A state that takes part in a scan and keeps nothing: every record of the key-value state is read, verified, decoded and dispatched to it.</summary>
internal sealed class CountingState : IStateModel
{
    public StateModelId Id => StateModelId.KeyValue;

    public byte SnapshotVersion => 1;

    /// <summary>Records seen.</summary>
    public long Records { get; private set; }

    public void Attach(ICommandSink sink)
    {
    }

    public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail) => throw new NotSupportedException("It only reads.");

    public void EndSequence(bool accepted)
    {
    }

    public void ForgetSequenced()
    {
    }

    public void Apply(in LogRecord record) => Records++;

    public IStateCapture Capture(Lsn since) => throw new NotSupportedException("It only reads.");

    public void Reset() => Records = 0;

    public void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion)
    {
    }

    public IReadOnlyList<string> FindViolations() => [];
}
