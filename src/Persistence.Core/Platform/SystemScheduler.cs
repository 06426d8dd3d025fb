namespace Persistence.Platform;

#pragma warning disable RS0030 // This file is where the engine's threads and waits become the operating system's.

/// <summary>Threads and monitors of the runtime.</summary>
public sealed class SystemScheduler : IScheduler
{
    /// <summary>The one instance: it holds no state.</summary>
    public static SystemScheduler Instance { get; } = new();

    private SystemScheduler()
    {
    }

    /// <inheritdoc/>
    public IGate CreateGate() => new MonitorGate();

    /// <inheritdoc/>
    public IWorker Start(string name, Action body)
    {
        Thread thread = new(() => body()) { IsBackground = true, Name = name };
        thread.Start();
        return new ThreadWorker(thread);
    }

    private sealed class ThreadWorker(Thread thread) : IWorker
    {
        public void Join() => thread.Join();
    }

    private sealed class MonitorGate : IGate
    {
        // Monitors take no longer times.
        private static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(int.MaxValue);

        public void Enter() => Monitor.Enter(this);

        public void Exit() => Monitor.Exit(this);

        public bool Wait(TimeSpan timeout) => Monitor.Wait(this, timeout < WaitMax ? timeout : WaitMax) || timeout > WaitMax;

        public void PulseAll() => Monitor.PulseAll(this);
    }
}
