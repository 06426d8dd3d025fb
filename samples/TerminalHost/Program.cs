using System.Net.Sockets;
using System.Runtime.InteropServices;
using Persistence.Diagnostics;
using Persistence.Samples.TerminalHost.Client;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost;

/// <summary>A host for terminals that survive it, and a client to try it with.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int WrongUsage = 2;

    private static int Main(string[] args)
    {
        try
        {
            CommandLine line = CommandLine.Parse(args);
            return line.Verb == CommandLine.ServeVerb ? Serve(line) : ClientCommands.Run(line, Console.OpenStandardOutput());
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(e.Message);
            return WrongUsage;
        }
        catch (Exception e) when (e is StoreException or IOException or SocketException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e is StoreException store ? $"{store.Error}: {e.Message}" : e.Message);
            return Failed;
        }
    }

    private static int Serve(CommandLine line)
    {
        IAnnouncements announcements = line.Stdio ? new JsonAnnouncements(Console.OpenStandardOutput()) : new TextAnnouncements(Console.Out);
        // First, since it may be refused: then nothing was created.
        using SocketListener? listener = line.Socket is null ? null : SocketListener.Listen(line.Socket);
        TerminalServer server = TerminalServer.Open(HostWorld.ForStore(line.Target, line.Creates));
        using PosixSignalRegistration terminated = OnSignal(PosixSignal.SIGTERM, server);
        using PosixSignalRegistration interrupted = OnSignal(PosixSignal.SIGINT, server);
        try
        {
            announcements.Opened(server.Store.RecoveryReport);
            Restore(server, announcements);
            listener?.Serve(server);
            announcements.Serving(line.Socket);
            if (line.Stdio)
                Converse(server, stopsAtTheEnd: line.Socket is null);
            server.WaitUntilStopped();
        }
        finally
        {
            server.Close();
        }

        return 0;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, TerminalServer server) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        server.Stop();
    });

    /// <summary>Until it is asked to stop: then what is not restored yet is left to the next host.</summary>
    private static void Restore(TerminalServer server, IAnnouncements announcements)
    {
        foreach (PaneRestoration pane in server.Panes.Restore(_ => !server.IsStopping))
            announcements.Restored(pane);
    }

    private static void Converse(TerminalServer server, bool stopsAtTheEnd)
    {
        Conversation conversation = new(server, Console.OpenStandardInput(), Console.OpenStandardOutput());
        Thread thread = new(() =>
        {
            conversation.Run();
            if (stopsAtTheEnd)
                server.Stop();
        })
        { IsBackground = true, Name = "stdio" };
        thread.Start();
    }
}
