using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>Where one operation waits for a test.</summary>
internal sealed class OperationStop(Func<StorageOperation, bool> matches, InjectedFault? fault)
{
    private readonly TaskCompletionSource _reached = new();
    private readonly TaskCompletionSource _released = new();
    private int _taken;

    public bool IsReached => _reached.Task.IsCompleted;

    public void WaitUntilReached()
    {
        if (!_reached.Task.Wait(BackgroundCall.Patience))
            throw new TimeoutException("No operation came to be stopped.");
    }

    public void Release() => _released.TrySetResult();

    public bool TryTake(in StorageOperation operation) => !_released.Task.IsCompleted && matches(operation) && Interlocked.Exchange(ref _taken, 1) == 0;

    public InjectedFault? WaitForRelease()
    {
        _reached.SetResult();
        _released.Task.Wait();
        return fault;
    }
}
