using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Processes;

/// <summary>
/// A process whose lines are read on a thread of their own from the first moment, so that a full pipe does not hold it up, and to
/// the end of the pipe after it died: what it wrote survives it there.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int ExitCodeKilled = 128 + 9;
    private const int ExitCodeTerminatedOnWindows = -1;
    private const int ErrorBytesMax = 4000;
    private const long UnreadBytesMax = 64L << 20;

    // More than the pipe and this side's buffer can hold, each byte a line: what still comes then is not from the process that died.
    private const long LeftInPipeMax = 32L << 20;
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(10);

    // Starts a program as the leader of a group of its own, in which whatever it starts dies with it.
    private static readonly string? GroupStarter = OperatingSystem.IsWindows() ? null : ProgramPath.Find("setsid");

    private readonly Process _process;
    private readonly bool _hasChildren;
    private readonly bool _leadsGroup;
    private readonly Action<ChildProcess>? _forget;
    private readonly Stream _input;
    private readonly LineQueue _lines = new(UnreadBytesMax);
    private readonly Thread _errorReader;
    private readonly object _lock = new();
    private volatile bool _stopsWhenItSpeaks;

    // Under _lock.
    private readonly MemoryStream _errors = new();
    private bool _wasKilled;

    private ChildProcess(Process process, bool hasChildren, bool leadsGroup, Action<ChildProcess>? forget)
    {
        _process = process;
        _hasChildren = hasChildren;
        _leadsGroup = leadsGroup;
        _forget = forget;
        Id = process.Id;
        _input = process.StandardInput.BaseStream;
        Stream output = process.StandardOutput.BaseStream;
        Stream errors = process.StandardError.BaseStream;
        StartReader("worker-output", () => ReadLines(output));
        _errorReader = StartReader("worker-errors", () => ReadErrors(errors));
    }

    public int Id { get; }

    /// <summary>How it ended; only once it has.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Whether it ended by the signal no process can catch.</summary>
    public bool WasKilled => ExitCode == (OperatingSystem.IsWindows() ? ExitCodeTerminatedOnWindows : ExitCodeKilled);

    /// <summary>Whether nobody writes to its pipe any more.</summary>
    public bool HasClosedOutput => _lines.HasEnded;

    /// <summary>What it said on its standard error, shortened.</summary>
    public string Errors
    {
        get
        {
            if (_process.HasExited)
                _errorReader.Join(TimeSpan.FromSeconds(1));
            lock (_lock)
                return Encoding.UTF8.GetString(_errors.ToArray()).Trim();
        }
    }

    /// <param name="command">What to start.</param>
    /// <param name="hasChildren">Whether it may start processes itself, which are to die with it.</param>
    /// <param name="forget">Told when it is disposed of, or null.</param>
    /// <exception cref="WorkerFailedException">It cannot be started.</exception>
    public static ChildProcess Start(WorkerCommand command, bool hasChildren, Action<ChildProcess>? forget = null)
    {
        bool leadsGroup = hasChildren && GroupStarter is not null;
        if (leadsGroup && ProgramPath.Find(command.Program) is null)
            throw new WorkerFailedException($"The program '{command.Program}' could not be started: there is none of that name.");
        try
        {
            ProcessStartInfo start = (leadsGroup ? command.StartedBy(GroupStarter!) : command).ToStartInfo();
            return new ChildProcess(Process.Start(start)!, hasChildren, leadsGroup, forget);
        }
        catch (Win32Exception e)
        {
            throw new WorkerFailedException($"The program '{command.Program}' could not be started: {new Win32Exception(e.NativeErrorCode).Message}", e);
        }
    }

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
    /// <exception cref="ProtocolException">It said something that is no line.</exception>
    public byte[]? Receive(TimeSpan timeout) => _lines.Take(timeout);

    /// <summary>Holds it where it is, with everything it started. Not on Windows.</summary>
    public void Stop() => Signal(ProcessSignals.Stop);

    /// <summary>Lets it go on.</summary>
    public void Continue() => Signal(ProcessSignals.Continue);

    /// <summary>Lets it go on, and holds it again as soon as the next byte of its output is there.</summary>
    public void ContinueUntilItSpeaks()
    {
        _stopsWhenItSpeaks = true;
        Continue();
    }

    /// <summary>Sends the signal. May be called at any time, by any thread.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (_wasKilled)
                return;
            _wasKilled = true;
            if (_leadsGroup)
                ProcessSignals.Kill(-Id);
            try
            {
                _process.Kill(entireProcessTree: _hasChildren && !_leadsGroup);
            }
            catch (Exception e) when (e is InvalidOperationException or AggregateException)
            {
                // It is gone already; how it went, the exit code says. Or something it started cannot be ended, which its pipe will show.
            }
        }
    }

    public bool WaitForExit(TimeSpan timeout) => _process.WaitForExit(timeout);

    /// <summary>
    /// Reads what is left in the pipe after the process has ended. The last line, if it has no end, is dropped.
    /// </summary>
    /// <returns>False when the pipe did not end in time: something else holds it open.</returns>
    /// <exception cref="ProtocolException">It said something that is no line.</exception>
    public bool Drain(TimeSpan timeout, out IReadOnlyList<byte[]> lines)
    {
        _lines.MakeRoom(LeftInPipeMax);
        return _lines.TakeRest(timeout, out lines);
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit(EndTime);
        _forget?.Invoke(this);
        _lines.Abandon();
        _input.Dispose();
        _process.Dispose();
    }

    private static Thread StartReader(string name, ThreadStart read)
    {
        Thread reader = new(read) { IsBackground = true, Name = name };
        reader.Start();
        return reader;
    }

    private void Signal(Action<int> send)
    {
        lock (_lock)
        {
            if (!_wasKilled)
                send(_leadsGroup ? -Id : Id);
        }
    }

    private void ReadLines(Stream output)
    {
        LineSplitter splitter = new(_lines.Add);
        ProtocolException? failure = null;
        try
        {
            Read(output, bytes =>
            {
                if (_stopsWhenItSpeaks)
                    Stop();
                _stopsWhenItSpeaks = false;
                splitter.Add(bytes);
            });
        }
        catch (ProtocolException e)
        {
            failure = e;
        }

        _lines.End(failure);
    }

    private void ReadErrors(Stream errors) => Read(errors, bytes =>
    {
        lock (_lock)
            _errors.Write(bytes[..(int)Math.Min(bytes.Length, ErrorBytesMax - _errors.Length)]);
    });

    private static void Read(Stream stream, BytesHandler handle)
    {
        byte[] buffer = new byte[1 << 16];
        using (stream)
        {
            try
            {
                while (stream.Read(buffer) is int read && read > 0)
                    handle(buffer.AsSpan(0, read));
            }
            catch (IOException)
            {
                // The pipe is broken: that is its end.
            }
        }
    }

    private delegate void BytesHandler(ReadOnlySpan<byte> bytes);
}
