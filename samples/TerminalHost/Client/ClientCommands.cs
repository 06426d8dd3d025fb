using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Persistence.Samples.TerminalHost.Client;

/// <summary>A client to try a host by hand.</summary>
internal static class ClientCommands
{
    private const int Failed = 1;

    /// <summary>Sends what a command line asks for, and shows the answer.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(CommandLine line, Stream output)
    {
        using HostClient host = HostClient.Connect(line.Socket!);
        try
        {
            switch (line.Verb)
            {
                case "tree":
                    TreeText.Write(host.Ask(json => json.WriteString("request", "tree")), Console.Out);
                    break;
                case "send":
                    Send(host, ReadPane(line), string.Join(' ', line.Rest));
                    break;
                case "read":
                    Read(host, ReadPane(line), output);
                    break;
                default:
                    output.Write([.. host.AskLine(Encoding.UTF8.GetBytes(line.Target)), (byte)'\n']);
                    break;
            }

            return 0;
        }
        catch (RefusedException e)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
    }

    private static long ReadPane(CommandLine line) =>
        long.TryParse(line.Target, NumberStyles.None, CultureInfo.InvariantCulture, out long pane) ? pane : throw new UsageException($"'{line.Target}' is not the number of a pane.");

    private static void Send(HostClient host, long pane, string text) => host.Ask(json =>
    {
        json.WriteString("request", "send");
        json.WriteNumber("pane", pane);
        json.WriteString("text", text + "\n");
    });

    private static void Read(HostClient host, long pane, Stream output)
    {
        long? position = null;
        while (true)
        {
            JsonElement piece = host.Ask(json =>
            {
                json.WriteString("request", "read");
                json.WriteNumber("pane", pane);
                if (position is long from)
                    json.WriteNumber("position", from);
            });
            byte[] bytes = piece.GetProperty("bytes").GetBytesFromBase64();
            if (bytes.Length == 0)
                return;
            output.Write(bytes);
            position = piece.GetProperty("position").GetInt64() + bytes.Length;
        }
    }
}
