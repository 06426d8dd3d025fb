using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Backups;

/// <summary>Stands for a state that nobody needs while a log is only verified.</summary>
internal sealed class PassiveState(StateModelId id) : IStateModel
{
    public StateModelId Id => id;

    public byte SnapshotVersion => byte.MaxValue;

    /// <summary>One for each state there may be in a store, but for files, which are looked at.</summary>
    public static IEnumerable<IStateModel> ForAll() => new[] { StateModelId.KeyValue, StateModelId.Terminals, StateModelId.Entities }.Select(static id => new PassiveState(id));

    public void Attach(ICommandSink sink) => throw NotLive();

    public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail) => throw NotLive();

    public void EndSequence(bool accepted)
    {
    }

    public void ForgetSequenced()
    {
    }

    public void Apply(in LogRecord record)
    {
    }

    public IStateCapture Capture(Lsn since) => throw NotLive();

    public void Reset()
    {
    }

    public void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion)
    {
    }

    public IReadOnlyList<string> FindViolations() => [];

    private static InvalidOperationException NotLive() => new("The state is only read past.");
}
