using Persistence.Diagnostics;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A call on a thread of its own, which a test may have to see wait.</summary>
internal sealed class BackgroundCall
{
    /// <summary>How long a test waits for what has to come, before it says that it did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Thread _thread;
    private Exception? _failure;

    public BackgroundCall(string name, Action call)
    {
        Name = name;
        _thread = new Thread(() => _failure = Record.Exception(call)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public string Name { get; }

    public bool HasEnded => !_thread.IsAlive;

    /// <summary>Waits for the call to end.</summary>
    /// <returns>What it threw, or null.</returns>
    public Exception? WaitForEnd()
    {
        Assert.True(_thread.Join(Patience), $"{Name} did not end");
        return _failure;
    }

    /// <summary>The call must have succeeded.</summary>
    public void Succeeded() => Assert.Null(WaitForEnd());

    /// <summary>The call must have failed with this error.</summary>
    public void FailedWith(StoreError error) => Assert.Equal(error, Assert.IsAssignableFrom<StoreException>(WaitForEnd()).Error);

    /// <summary>Waits until the call has ended or its thread is blocked in the engine.</summary>
    public void WaitUntilBlockedOrEnded(WatchedScheduler scheduler) =>
        Assert.True(SpinWait.SpinUntil(() => HasEnded || scheduler.IsBlocked(Name), Patience), $"{Name} neither ended nor waited");
}
