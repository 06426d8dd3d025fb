using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Processes;

/// <summary>
/// The lines a process has said and nobody has taken yet. When they are too many, whoever adds has to wait, and so in the end has the
/// process: memory is bounded and nothing is dropped. Thread-safe.
/// </summary>
/// <param name="bytesMax">How much may wait to be taken, counting an overhead for each line.</param>
internal sealed class LineQueue(long bytesMax)
{
    private const int LineOverheadBytes = 64;

    private readonly object _lock = new();

    // Under _lock.
    private readonly Queue<byte[]> _lines = [];
    private long _bytes;
    private long _bytesMax = bytesMax;
    private ProtocolException? _failure;
    private bool _hasEnded;
    private bool _isAbandoned;

    /// <summary>Whether no more lines will come.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
                return _hasEnded;
        }
    }

    /// <summary>How many lines wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _lines.Count;
        }
    }

    /// <summary>Adds a line, once there is room for it.</summary>
    public void Add(byte[] line)
    {
        lock (_lock)
        {
            while (_bytes >= _bytesMax && !_isAbandoned)
                Monitor.Wait(_lock);
            if (_isAbandoned)
                return;
            _lines.Enqueue(line);
            _bytes += Measure(line);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>No more lines will come.</summary>
    /// <param name="failure">Why, when it is not simply the end.</param>
    public void End(ProtocolException? failure)
    {
        lock (_lock)
        {
            _hasEnded = true;
            _failure = failure;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets this many more bytes in.</summary>
    public void MakeRoom(long bytes)
    {
        lock (_lock)
        {
            _bytesMax += bytes;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Nobody takes lines any more: those that still come are dropped.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The next line, or null when there is none: at the end, or after the timeout.</summary>
    /// <exception cref="ProtocolException">The lines ended with a failure.</exception>
    public byte[]? Take(TimeSpan timeout)
    {
        lock (_lock)
        {
            WaitUntil(() => _lines.Count > 0 || _hasEnded, timeout);
            if (!_lines.TryDequeue(out byte[]? line))
                return _failure is null ? null : throw _failure;
            _bytes -= Measure(line);
            Monitor.PulseAll(_lock);
            return line;
        }
    }

    /// <summary>All that is left, once the end has come.</summary>
    /// <returns>False when it did not come in time.</returns>
    /// <exception cref="ProtocolException">The lines ended with a failure.</exception>
    public bool TakeRest(TimeSpan timeout, out IReadOnlyList<byte[]> lines)
    {
        lock (_lock)
        {
            WaitUntil(() => _hasEnded, timeout);
            if (_failure is not null)
                throw _failure;
            lines = [.. _lines];
            _lines.Clear();
            _bytes = 0;
            Monitor.PulseAll(_lock);
            return _hasEnded;
        }
    }

    private static long Measure(byte[] line) => line.Length + LineOverheadBytes;

    private void WaitUntil(Func<bool> condition, TimeSpan timeout)
    {
        Deadline deadline = Deadline.After(timeout);
        while (!condition() && deadline.Left > TimeSpan.Zero)
            Monitor.Wait(_lock, deadline.Left);
    }
}
