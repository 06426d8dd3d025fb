using System.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Harness.Bench.Entities;

/// <summary>A state, with a clock beside it: how long the log stood still at most while the state was captured for a checkpoint.</summary>
internal sealed class CaptureTimer(IStateModel model) : IStateModel
{
    public StateModelId Id => model.Id;

    public byte SnapshotVersion => model.SnapshotVersion;

    public bool IsInUse => model.IsInUse;

    /// <summary>The longest that one took.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Forgets it.</summary>
    public void Restart() => Longest = TimeSpan.Zero;

    public bool IsRemoval(RecordType type) => model.IsRemoval(type);

    public void Attach(ICommandSink sink) => model.Attach(sink);

    public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail) => model.Sequence(type, version, payload, tail);

    public void EndSequence(bool accepted) => model.EndSequence(accepted);

    public void ForgetSequenced() => model.ForgetSequenced();

    public void Apply(in LogRecord record) => model.Apply(record);

    public IStateCapture Capture(Lsn since)
    {
        long started = Stopwatch.GetTimestamp();
        IStateCapture capture = model.Capture(since);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        Longest = took > Longest ? took : Longest;
        return capture;
    }

    public void Reset() => model.Reset();

    public void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion) => model.ReadItem(item, snapshotVersion);

    public IReadOnlyList<string> FindViolations() => model.FindViolations();
}
