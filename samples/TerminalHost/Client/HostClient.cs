using System.Net.Sockets;
using System.Text.Json;
using Persistence.Samples.TerminalHost.Serving;

namespace Persistence.Samples.TerminalHost.Client;

/// <summary>A connection to a host.</summary>
internal sealed class HostClient : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly LineReader _lines;

    private HostClient(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _lines = new LineReader(_stream);
    }

    /// <exception cref="IOException">No host listens there.</exception>
    public static HostClient Connect(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new HostClient(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"No host listens at '{path}' ({e.SocketErrorCode}).", e);
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="RefusedException">The answer is an error.</exception>
    /// <exception cref="IOException">The host is gone.</exception>
    public JsonElement Ask(Action<Utf8JsonWriter> write)
    {
        byte[] line = JsonText.LineOf(write);
        using JsonDocument answer = JsonDocument.Parse(AskLine(line.AsSpan()[..^1]));
        if (answer.RootElement.TryGetProperty("error", out JsonElement error))
            throw new RefusedException($"{error.GetString()}: {answer.RootElement.GetProperty("message").GetString()}");
        return answer.RootElement.Clone();
    }

    /// <summary>The same with a line as it is.</summary>
    public byte[] AskLine(ReadOnlySpan<byte> line)
    {
        _stream.Write([.. line, (byte)'\n']);
        return _lines.Read() ?? throw new IOException("The host is gone.");
    }

    public void Dispose() => _stream.Dispose();
}
