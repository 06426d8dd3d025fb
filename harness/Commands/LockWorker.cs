using System.Globalization;
using System.Text;
using Persistence.CrashKit.Worker;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Storage.Disk;

namespace Persistence.Harness.Commands;

/// <summary>
/// A process that contends for the lock of a store: it takes orders, a line each ("take", "leave", "cycle N"; "pass": from now on a waiter that is stopped is passed over), and says when it waits in the queue, has
/// the lock, and leaves it. Each line is one write, so that many may append to one file. On its standard error it says that it is ready. The end of
/// the orders ends it.
/// </summary>
internal sealed class LockWorker
{
    public const string Verb = "lock-worker";

    private const int TimeoutMs = 120_000;
    private const string CounterFile = "counter";

    private readonly string _directory;
    private readonly string _name;
    private readonly Stream _output;
    private readonly TimeSpan _stalledAfter;
    private LockContext _context;
    private StoreLock? _lock;

    private LockWorker(string directory, string name, Stream output)
    {
        _directory = directory;
        _name = name;
        _output = output;
        LockContext asEverywhere = new(
            new QueueObserver(DiskFileSystem.Open(directory), () => Say("waits")), SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance);
        _stalledAfter = asEverywhere.StalledAfter;
        // On a machine with too much to do, a process may stand still for long. Here that is not to cost it its place.
        _context = asEverywhere with { StalledAfter = TimeSpan.FromMilliseconds(TimeoutMs) };
    }

    /// <param name="directory">The directory with the lock; beside it a file counts who had it.</param>
    /// <param name="name">What it calls itself.</param>
    /// <param name="orders">What it is to do.</param>
    /// <param name="output">Where it says what it did.</param>
    public static int Run(string directory, string name, TextReader orders, Stream output)
    {
        LockWorker worker = new(directory, name, output);
        Console.Error.WriteLine("ready");
        while (orders.ReadLine() is string order)
            worker.Obey(order.Split(' '));
        return 0;
    }

    private void Obey(string[] order)
    {
        switch (order)
        {
            case ["take"]:
                Take();
                break;
            case ["leave"]:
                Leave();
                break;
            case ["pass"]:
                _context = _context with { StalledAfter = _stalledAfter };
                break;
            case ["cycle", string times]:
                for (int i = int.Parse(times, CultureInfo.InvariantCulture); i > 0; i--)
                    Cycle();
                break;
            default:
                throw new InvalidOperationException($"There is no order '{string.Join(' ', order)}'.");
        }
    }

    private void Take()
    {
        _lock = StoreLock.Acquire(_context, TimeoutMs);
        Say("has");
    }

    private void Leave()
    {
        Say("leaves");
        _lock!.Dispose();
        _lock = null;
    }

    /// <summary>Reads a number and writes the next one: two at once would lose one.</summary>
    private void Cycle()
    {
        Take();
        string counter = Path.Combine(_directory, "..", CounterFile);
        long count = File.Exists(counter) ? long.Parse(File.ReadAllText(counter), CultureInfo.InvariantCulture) : 0;
        File.WriteAllText(counter, (count + 1).ToString(CultureInfo.InvariantCulture));
        Leave();
    }

    private void Say(string what) => _output.Write(Encoding.UTF8.GetBytes($"{_name} {what}\n"));
}
