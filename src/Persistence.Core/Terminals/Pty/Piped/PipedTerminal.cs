using Persistence.Platform;

namespace Persistence.Terminals.Pty.Piped;

/// <summary>
/// Two pipes that block, as a terminal that does not: a thread reads into a queue, another one writes from one. When a queue is full its thread, or the caller, waits until there is room, so that nobody
/// gets ahead of anybody by more than a queue.
/// </summary>
/// <remarks>The reading thread ends with the output, the writing one when the terminal is closed, which ends the output. Whichever ends last releases the program.</remarks>
internal sealed class PipedTerminal
{
    /// <summary>How much a queue holds.</summary>
    public const int QueueBytes = 64 * 1024;

    private const int ChunkBytes = 4096;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Stream _output;
    private readonly Stream _input;
    private readonly IPipedProgram _program;
    private readonly Action _changed;

    // Everything below is under the gate, which is never held while a pipe is used or anybody is told.
    private readonly IGate _gate;
    private readonly ByteQueue _read = new(QueueBytes);
    private readonly ByteQueue _written = new(QueueBytes);
    private int _threads = 2;
    private bool _hasOutputEnded;
    private bool _hasInputEnded;
    private bool _isClosed;

    /// <param name="scheduler">Where threads come from.</param>
    /// <param name="output">What the program says. Disposed of in the end.</param>
    /// <param name="input">What it is told. Disposed of in the end.</param>
    /// <param name="program">The program.</param>
    /// <param name="changed">Told when there may be something to read, or room, or an end. From any thread.</param>
    public PipedTerminal(IScheduler scheduler, Stream output, Stream input, IPipedProgram program, Action changed)
    {
        _output = output;
        _input = input;
        _program = program;
        _changed = changed;
        _gate = scheduler.CreateGate();
        scheduler.Start("pty-reader", ReadOutput);
        scheduler.Start("pty-writer", WriteInput);
    }

    /// <summary>Whether <see cref="Read"/> has something to say.</summary>
    public bool CanRead => Under(() => _read.Count > 0 || _hasOutputEnded);

    /// <summary>Whether <see cref="Write"/> has room.</summary>
    public bool CanWrite => Under(() => !_written.IsFull && !_hasInputEnded && !_isClosed);

    /// <summary>As <see cref="IPty.Read"/>.</summary>
    public int Read(Span<byte> buffer)
    {
        _gate.Enter();
        int count = _read.Read(buffer);
        bool hasEnded = count == 0 && _hasOutputEnded;
        _gate.PulseAll();
        _gate.Exit();
        return hasEnded ? PtyRead.Ended : count;
    }

    /// <summary>As <see cref="IPty.Write"/>.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        _gate.Enter();
        int count = _hasInputEnded || _isClosed ? 0 : _written.Write(bytes);
        _gate.PulseAll();
        _gate.Exit();
        return count;
    }

    /// <summary>Hangs up, at the next opportunity: what is read from now on is dropped, what was not written yet is forgotten.</summary>
    public void Close()
    {
        _gate.Enter();
        _isClosed = true;
        _gate.PulseAll();
        _gate.Exit();
    }

    private void ReadOutput()
    {
        byte[] chunk = new byte[ChunkBytes];
        while (TryRead(chunk) is > 0 and int count)
            Keep(chunk.AsSpan(0, count));
        Under(() => _hasOutputEnded = true);
        _changed();
        _output.Dispose();
        EndThread();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            _gate.Enter();
            while (_read.IsFull && !_isClosed)
                _gate.Wait(Timeout.InfiniteTimeSpan);
            bytes = _isClosed ? [] : bytes[_read.Write(bytes)..];
            _gate.Exit();
            _changed();
        }
    }

    private void WriteInput()
    {
        byte[] chunk = new byte[ChunkBytes];
        while (Take(chunk) is >= 0 and int count)
        {
            if (count == 0)
                _program.Look();
            else if (!TryWrite(chunk.AsSpan(0, count)))
                Under(() => _hasInputEnded = true);
            _changed();
        }
        _program.HangUp();
        _input.Dispose();
        EndThread();
    }

    // How many bytes are to be written; 0: it is time to look at the program; -1: closed.
    private int Take(byte[] chunk)
    {
        _gate.Enter();
        if (_written.Count == 0 && !_isClosed)
            _gate.Wait(LookEvery);
        int count = _isClosed ? -1 : _written.Read(chunk);
        _gate.Exit();
        return count;
    }

    private int TryRead(byte[] chunk)
    {
        try
        {
            return _output.Read(chunk);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _input.Write(bytes);
            _input.Flush();
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    private void EndThread()
    {
        if (Under(() => --_threads) == 0)
            _program.Release();
    }

    private T Under<T>(Func<T> look)
    {
        _gate.Enter();
        T seen = look();
        _gate.Exit();
        return seen;
    }
}
