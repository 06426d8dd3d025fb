using Persistence.Locking;
using Persistence.Platform;
using Persistence.Storage;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Locking;

/// <summary>One who wants a store's lock, as a process of its own would; it goes on from pause to pause as the test says.</summary>
internal sealed class Contender : IDisposable
{
    private const int HourMs = 3_600_000;

    private readonly SteppedScheduler _scheduler = new();
    private readonly LockContext _context;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private StoreLock? _lock;
    private Exception? _failure;

    /// <summary>Arrives, and goes on until its first pause or the end.</summary>
    public Contender(IFileSystem files, TimeProvider? clock = null, IRandomSource? random = null, int timeoutMs = HourMs)
    {
        Files = new MortalFiles(files);
        _context = new LockContext(Files, _scheduler, clock ?? new ManualClock(), random ?? SystemRandomSource.Instance);
        _thread = new Thread(() => Run(timeoutMs)) { IsBackground = true, Name = "contender" };
        _thread.Start();
        _scheduler.WaitForPause();
    }

    public MortalFiles Files { get; }

    public bool HasLock => _lock is not null;

    public Exception? Failure => _failure;

    public bool IsWaiting => !_scheduler.HasEnded;

    /// <summary>How long each pause was to be.</summary>
    public IReadOnlyList<TimeSpan> Pauses => _scheduler.Pauses;

    /// <summary>Lets it look again, so many times.</summary>
    public void Step(int times = 1)
    {
        for (int i = 0; i < times && IsWaiting; i++)
            _scheduler.Step();
    }

    public void GiveUp()
    {
        _stopping.Cancel();
        Step();
    }

    public void Release()
    {
        Assert.True(HasLock, $"Nothing to release: {_failure?.Message ?? "it waits"}");
        _lock!.Dispose();
        _lock = null;
    }

    /// <summary>Its process dies: the system closes what it had open, and it does nothing any more.</summary>
    public void Kill() => Files.Kill();

    public void Dispose()
    {
        Files.Kill();
        _stopping.Cancel();
        Step();
        _lock?.Dispose();
        _thread.Join();
        _stopping.Dispose();
    }

    private void Run(int timeoutMs)
    {
        try
        {
            _lock = StoreLock.Acquire(_context, timeoutMs, stopping: _stopping.Token);
        }
#pragma warning disable CA1031 // Whatever it is, the test looks at it.
        catch (Exception e)
        {
            _failure = e;
        }
#pragma warning restore CA1031
        _scheduler.End();
    }
}
