using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Tests.Terminals;

/// <summary>What another program might write in the name of terminals: records and checkpoint items that are given to it.</summary>
internal sealed class ForeignTerminals : IStateModel
{
    private ICommandSink? _sink;

    public List<byte[]> Items { get; } = [];

    public StateModelId Id => StateModelId.Terminals;

    public byte SnapshotVersion { get; init; } = 1;

    public void Commit(byte kind, byte version, Action<MessagePackWriter> write, RecordFlags flags = RecordFlags.None)
    {
        CommandBatch batch = new();
        write(new MessagePackWriter(batch.Begin()));
        batch.End(new RecordType(StateModelId.Terminals, kind), version, flags);
        _sink!.Commit(batch);
    }

    public void Attach(ICommandSink sink) => _sink = sink;

    public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
    }

    public void EndSequence(bool accepted)
    {
    }

    public void ForgetSequenced()
    {
    }

    public void Apply(in LogRecord record)
    {
    }

    public IStateCapture Capture(Lsn since) => new ListCapture(Items);

    public void Reset()
    {
    }

    public void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion)
    {
    }

    public IReadOnlyList<string> FindViolations() => [];

    private sealed class ListCapture(List<byte[]> items) : IStateCapture
    {
        private int _next;

        public long Count => items.Count;

        public bool TryWriteNext(GrowableBuffer item)
        {
            if (_next == items.Count)
                return false;
            item.Write(items[_next++]);
            return true;
        }
    }
}
