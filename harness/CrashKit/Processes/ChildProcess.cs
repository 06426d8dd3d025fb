using System.Diagnostics;
using System.Text;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Processes;

/// <summary>
/// A process whose lines are read on a thread of their own from the first moment, so that a full pipe never holds it up, and to
/// the end of the pipe after it died: what it wrote survives it there.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int ExitCodeKilled = 128 + 9;
    private const int ExitCodeTerminatedOnWindows = -1;
    private const int ErrorTextMax = 4000;

    private readonly Process _process;
    private readonly bool _hasChildren;
    private readonly Stream _input;
    private readonly Thread _reader;
    private readonly object _lock = new();

    // Under _lock.
    private readonly Queue<byte[]> _lines = [];
    private readonly StringBuilder _errors = new();
    private bool _ended;

    private ChildProcess(Process process, bool hasChildren)
    {
        _process = process;
        _hasChildren = hasChildren;
        _input = process.StandardInput.BaseStream;
        process.ErrorDataReceived += (_, e) => KeepError(e.Data);
        process.BeginErrorReadLine();
        Stream output = process.StandardOutput.BaseStream;
        _reader = new Thread(() => Read(output)) { IsBackground = true, Name = "worker-output" };
        _reader.Start();
    }

    public int Id => _process.Id;

    /// <summary>How it ended; only once it has.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Whether it ended by the signal no process can catch.</summary>
    public bool WasKilled => ExitCode == (OperatingSystem.IsWindows() ? ExitCodeTerminatedOnWindows : ExitCodeKilled);

    /// <summary>What it said on its standard error, shortened.</summary>
    public string Errors
    {
        get
        {
            lock (_lock)
                return _errors.ToString();
        }
    }

    /// <param name="command">What to start.</param>
    /// <param name="hasChildren">Whether it may start processes itself, which are to die with it.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static ChildProcess Start(WorkerCommand command, bool hasChildren) =>
        new(Process.Start(command.ToStartInfo())!, hasChildren);

    /// <summary>Sends a line. A process that is gone already hears nothing, which its end will show.</summary>
    public void Send(ReadOnlySpan<byte> line)
    {
        try
        {
            _input.Write([.. line, (byte)'\n']);
            _input.Flush();
        }
        catch (IOException)
        {
            // Said above.
        }
    }

    /// <summary>The next line, or null when there is none: at the end of the pipe, or after the timeout.</summary>
    public byte[]? Receive(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_lock)
        {
            while (_lines.Count == 0 && !_ended)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lock, TimeSpan.FromMilliseconds(left)))
                    break;
            }

            return _lines.TryDequeue(out byte[]? line) ? line : null;
        }
    }

    /// <summary>Sends the signal.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: _hasChildren);
        }
        catch (InvalidOperationException)
        {
            // It is gone already; how it went, the exit code says.
        }
    }

    public bool WaitForExit(TimeSpan timeout) => _process.WaitForExit(timeout);

    /// <summary>
    /// Reads what is left in the pipe after the process has ended. The last line, if it has no end, is dropped.
    /// </summary>
    /// <returns>False when the pipe did not end in time: something else holds it open.</returns>
    public bool Drain(TimeSpan timeout, out IReadOnlyList<byte[]> lines)
    {
        bool ended = _reader.Join(timeout);
        lock (_lock)
        {
            lines = [.. _lines];
            _lines.Clear();
        }

        return ended;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
            _process.WaitForExit();
        }

        _input.Dispose();
        _process.Dispose();
    }

    private void Read(Stream output)
    {
        LineSplitter splitter = new(Add);
        byte[] buffer = new byte[1 << 16];
        try
        {
            while (output.Read(buffer) is int read && read > 0)
                splitter.Add(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was disposed of while we read: nobody asks for its lines any more.
        }

        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Add(byte[] line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count == 1)
                Monitor.PulseAll(_lock);
        }
    }

    private void KeepError(string? line)
    {
        lock (_lock)
        {
            if (line is not null && _errors.Length < ErrorTextMax)
                _errors.AppendLine(line);
        }
    }
}
