namespace Persistence.Storage.Simulated;

/// <summary>An operation under way on a disk that is recorded.</summary>
internal sealed class RecordedOperation
{
    private readonly TraceRecorder _recorder;
    private readonly long _enter;
    private int _place = -1;

    private RecordedOperation(TraceRecorder recorder)
    {
        _recorder = recorder;
        _enter = recorder.Begin();
    }

    /// <summary>Null where nothing is recorded.</summary>
    public static RecordedOperation? Begin(TraceRecorder? recorder) => recorder is null ? null : new RecordedOperation(recorder);

    public void TakesEffect(TraceOperation operation) => _place = _recorder.Add(operation with { Enter = _enter });

    public void End() => _recorder.End(_place);
}
