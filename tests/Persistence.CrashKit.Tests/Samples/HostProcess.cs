using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Samples;

/// <summary>The sample host of terminals as people start it: with a store and a socket.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <param name="directory">Where store and socket are.</param>
    /// <param name="options">Words behind the store and the socket.</param>
    public HostProcess(TestDirectory directory, params IEnumerable<string> options)
        : this(directory, "store", options)
    {
    }

    private HostProcess(TestDirectory directory, string store, IEnumerable<string> options, string socket = "host.sock")
    {
        Socket = directory.Combine(socket);
        WorkerCommand command = BuiltHarness.TerminalHost().With(["serve", directory.Combine(store), "--socket", Socket, .. options], []);
        ProcessStartInfo start = command.ToStartInfo();
        start.WorkingDirectory = directory.Path;
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public string Socket { get; }

    public int Id => _process.Id;

    /// <summary>Another store, the same socket.</summary>
    public static HostProcess OfAnotherStore(TestDirectory directory) => new(directory, "other", ["--create"]);

    /// <summary>The same store, another socket.</summary>
    public static HostProcess AtAnotherSocket(TestDirectory directory) => new(directory, "store", [], "other.sock");

    /// <summary>Waits until it answers requests.</summary>
    /// <returns>What it has said until then, line by line.</returns>
    public IReadOnlyList<string> AwaitServing()
    {
        List<string> lines = [];
        while (_process.StandardOutput.ReadLine() is string line)
        {
            lines.Add(line);
            if (line.StartsWith("Serving", StringComparison.Ordinal))
                return lines;
        }

        throw new InvalidOperationException($"It ended: {_errors.GetAwaiter().GetResult()}");
    }

    public HostConnection Connect() => new(Socket);

    public void Kill() => ProcessSignals.Kill(Id);

    public void Terminate() => ProcessSignals.End(Id);

    /// <summary>Waits for its end.</summary>
    public (int ExitCode, string Errors) End()
    {
        Assert.True(_process.WaitForExit(TimeSpan.FromMinutes(3)));
        return (_process.ExitCode, _errors.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>A client.</summary>
    internal sealed class HostConnection : IDisposable
    {
        private readonly NetworkStream _stream;
        private readonly StreamReader _reader;

        public HostConnection(string path)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            _stream = new NetworkStream(socket, ownsSocket: true);
            _reader = new StreamReader(_stream);
        }

        public void Send(string line) => _stream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));

        public JsonElement? Receive() => _reader.ReadLine() is string line ? JsonDocument.Parse(line).RootElement : null;

        public JsonElement Ask(string line)
        {
            Send(line);
            return Receive() ?? throw new IOException("The host is gone.");
        }

        /// <summary>A session, a window, a pane with a shell, in which a command runs.</summary>
        public void CreatePane(string script = "exec sleep 1000")
        {
            Ask("""{"request":"create-session","name":"work"}""");
            Ask("""{"request":"create-window","session":1,"name":"main"}""");
            Ask($$"""{"request":"create-pane","window":1,"command":"/bin/sh","arguments":["-c","{{script}}"]}""");
        }

        /// <summary>Waits until the first pane's output has a text.</summary>
        public void Await(string text)
        {
            while (!ReadAll().Contains(text, StringComparison.Ordinal))
                Ask($$"""{"request":"wait","pane":1,"position":{{ReadAll().Length}},"timeout_ms":1000}""");
        }

        public string ReadAll() => System.Text.Encoding.Latin1.GetString(Ask("""{"request":"read","pane":1,"position":0}""").GetProperty("bytes").GetBytesFromBase64());

        public void Dispose()
        {
            _reader.Dispose();
            _stream.Dispose();
        }
    }
}
