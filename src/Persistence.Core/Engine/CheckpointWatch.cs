using Persistence.Checkpoints;

namespace Persistence.Engine;

/// <summary>What happens between two pieces of a checkpoint: it is given up if that is wanted, tells how far it is, and rests.</summary>
internal sealed class CheckpointWatch
{
    private readonly BackgroundPace _pace;
    private readonly CheckpointRequest _request;
    private readonly Func<long>? _done;
    private readonly long _total;
    private readonly bool _isVerifying;
    private long _rawBytes;

    /// <param name="pace">How fast it may go.</param>
    /// <param name="request">Who wants to know.</param>
    /// <param name="done">How much was gone through; null: the bytes.</param>
    /// <param name="total">How much there is to go through.</param>
    /// <param name="isVerifying">Whether it is being read back.</param>
    public CheckpointWatch(BackgroundPace pace, CheckpointRequest request, Func<long>? done, long total, bool isVerifying)
    {
        _pace = pace;
        _request = request;
        _done = done;
        _total = total;
        _isVerifying = isVerifying;
        pace.Begin();
    }

    public void PieceDone(int rawBytes)
    {
        _rawBytes += rawBytes;
        _request.Stop.ThrowIfCancellationRequested();
        _request.Progress?.Invoke(new CheckpointProgress(_isVerifying, _done?.Invoke() ?? _rawBytes, _total, _rawBytes));
        _pace.Rest();
    }
}
