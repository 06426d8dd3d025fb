using System.Net.Sockets;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>A Unix domain socket that only its owner can connect to, and a thread for each client.</summary>
/// <remarks>It listens before panes are restored, and answers after that: where nobody listens at a socket, its host is dead.</remarks>
internal sealed class SocketListener : IDisposable
{
    private const int WaitingMax = 64;

    private readonly Socket _socket;
    private readonly string _path;

    private SocketListener(Socket socket, string path)
    {
        _socket = socket;
        _path = path;
    }

    /// <summary>Begins to listen. What a dead host has left at the path is replaced.</summary>
    /// <exception cref="IOException">Another host listens there, or something else is there.</exception>
    public static SocketListener Listen(string path)
    {
        RemoveStale(path);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            // Nobody can connect before it listens: so nobody else ever can.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(WaitingMax);
            return new SocketListener(socket, path);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins to answer clients.</summary>
    public void Serve(TerminalServer server) => new Thread(() => Accept(server)) { IsBackground = true, Name = "socket" }.Start();

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }

    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
            return;
        if (!IsSocket(path))
            throw new IOException($"'{path}' is there, and is no socket.");
        if (IsAnswered(path))
            throw new IOException($"Another host listens at '{path}'.");
        File.Delete(path);
    }

    /// <summary>A socket is not opened like a file.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            // For both: to open a pipe for reading would wait for somebody who writes.
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool IsAnswered(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private void Accept(TerminalServer server)
    {
        while (true)
        {
            try
            {
                Socket client = _socket.Accept();
                new Thread(() => Converse(server, client)) { IsBackground = true, Name = "client" }.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (server.IsStopping || e is ObjectDisposedException)
                    return;
                // A client that went away before it was accepted, or too many open files just now.
                Thread.Sleep(100);
            }
        }
    }

    private static void Converse(TerminalServer server, Socket client)
    {
        using NetworkStream stream = new(client, ownsSocket: true);
        new Conversation(server, stream, stream).Run();
    }
}
