using System.Collections.Concurrent;
using Persistence.Platform;

namespace Persistence.Tests.Engine;

/// <summary>
/// Threads and monitors of the runtime, watched: a test sees which threads the engine has made wait, keeps a worker of its
/// choice from beginning, and a thread of its choice from going on when it had to wait. A wait with a limit ends after a few milliseconds as
/// if its time had passed: whose clock is moved by hand looks at it again.
/// </summary>
internal sealed class WatchedScheduler : IScheduler
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, bool> _blocked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _sleeps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _pauses = new(StringComparer.Ordinal);
    private int _running;
    private readonly TaskCompletionSource _letGo = new();
    private readonly TaskCompletionSource _letIn = new();

    /// <summary>The worker of this name does nothing before <see cref="LetGo"/>.</summary>
    public string? HeldBack { get; init; }

    /// <summary>Waits with a limit last as long as their limit, unless they are pulsed.</summary>
    public bool KeepsLimits { get; init; }

    /// <summary>There is no thread to be had for the worker of this name.</summary>
    public string? Refused { get; set; }

    public void LetGo() => _letGo.TrySetResult();

    /// <summary>The thread of this name, having met a gate that somebody else holds, stays outside until <see cref="LetIn"/>.</summary>
    public string? KeptOut { get; init; }

    public void LetIn() => _letIn.TrySetResult();

    /// <summary>Whether the thread waits, without a limit, for a pulse or for a gate that somebody else holds.</summary>
    public bool IsBlocked(string thread) => _blocked.ContainsKey(thread);

    /// <summary>How often the thread has begun to wait for a pulse without a limit.</summary>
    public int SleepsOf(string thread) => _sleeps.GetValueOrDefault(thread);

    /// <summary>How often the thread has begun to wait for a pulse with a limit.</summary>
    public int PausesOf(string thread) => _pauses.GetValueOrDefault(thread);

    /// <summary>How many workers were started and have not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    public IGate CreateGate() => new WatchedGate(this);

    public IWorker Start(string name, Action body)
    {
        if (name == Refused)
            throw new InsufficientMemoryException("There is no thread to be had.");
        Interlocked.Increment(ref _running);
        return SystemScheduler.Instance.Start(name, () =>
        {
            if (name == HeldBack)
                _letGo.Task.Wait();
            body();
            Interlocked.Decrement(ref _running);
        });
    }

    private sealed class WatchedGate(WatchedScheduler scheduler) : IGate
    {
        private static string Caller => Thread.CurrentThread.Name ?? "";

        public void Enter()
        {
            if (Monitor.TryEnter(this))
                return;
            scheduler._blocked[Caller] = true;
            if (Caller == scheduler.KeptOut)
                scheduler._letIn.Task.Wait();
            Monitor.Enter(this);
            scheduler._blocked.TryRemove(Caller, out _);
        }

        public void Exit() => Monitor.Exit(this);

        public bool Wait(TimeSpan timeout)
        {
            if (timeout != Timeout.InfiniteTimeSpan)
            {
                scheduler._pauses.AddOrUpdate(Caller, 1, static (_, count) => count + 1);
                return Monitor.Wait(this, timeout < LongestWait || scheduler.KeepsLimits ? timeout : LongestWait);
            }

            scheduler._blocked[Caller] = true;
            scheduler._sleeps.AddOrUpdate(Caller, 1, static (_, count) => count + 1);
            bool pulsed = Monitor.Wait(this);
            scheduler._blocked.TryRemove(Caller, out _);
            return pulsed;
        }

        public void PulseAll() => Monitor.PulseAll(this);
    }
}
