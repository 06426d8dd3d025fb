using System.Threading.Tasks.Sources;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>A commit whose caller awaits it. Pooled; continuations never run on the flushing thread.</summary>
internal sealed class AsyncCommit : IValueTaskSource<CommitResult>
{
    private readonly AsyncCommitPool _pool;
    private ManualResetValueTaskSourceCore<CommitResult> _core = new() { RunContinuationsAsynchronously = true };
    private CommitResult _result;

    public AsyncCommit(AsyncCommitPool pool) => _pool = pool;

    /// <summary>How many records it has.</summary>
    public int Records { get; private set; }

    /// <summary>When it was handed over, or <see cref="Diagnostics.StoreMeter.NotNoted"/>.</summary>
    public long Started { get; private set; }

    public ValueTask<CommitResult> Start(CommitResult result, int records, long started)
    {
        Records = records;
        Started = started;
        _result = result;
        return new ValueTask<CommitResult>(this, _core.Version);
    }

    public void Succeed() => _core.SetResult(_result);

    public void Fail(Exception error) => _core.SetException(error);

    /// <summary>Asked too early, or a second time, it throws and stays whose it is: the flush completes it, or the next commit has it already.</summary>
    public CommitResult GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The commit has not completed yet: await it.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            _pool.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
