using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Persistence.Diagnostics;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Requests to the programs in panes, and about what they write.</summary>
internal static class ProgramRequests
{
    private const int WaitMsMax = 3_600_000;
    private static readonly TimeSpan WaitSlice = TimeSpan.FromMilliseconds(200);

    /// <summary>Starts a pane's program anew, whether it runs or has ended.</summary>
    public static void Restart(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        server.Panes.Restart(fields.GetPane());
        JsonText.Write(answer, "pid", server.Terminals.Tree.GetPane(fields.GetPane()).State.Process?.Id);
    }

    /// <summary>Ends a pane's program by force. The pane stays.</summary>
    public static void Kill(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => server.Panes.Kill(fields.GetPane());

    /// <summary>Types: "text", or "bytes" in base 64.</summary>
    public static void Send(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => server.Panes.Send(fields.GetPane(), ReadInput(fields));

    /// <summary>What follows a position of a pane's output and lies together, 64 KiB at most: as durable as the store's mode promises. Without a position: from where its limits say that it begins.</summary>
    public static void Read(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        PaneOutput output = FindOutput(server, fields);
        long position = fields.FindLong("position") ?? output.FindStart();
        OutputPiece? piece = output.ReadNext(position);
        answer.WriteNumber("position", piece?.Position ?? position);
        answer.WriteNumber("end", output.End);
        answer.WriteBase64String("bytes", piece is OutputPiece found ? found.Bytes.Span : []);
    }

    /// <summary>Waits until a pane has output behind a position, for "timeout_ms" at most (a second). It has none when no program runs in it any more.</summary>
    public static void Wait(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        long position = fields.GetLong("position");
        TimeSpan timeout = TimeSpan.FromMilliseconds(Math.Clamp(fields.FindLong("timeout_ms") ?? 1000, 0, WaitMsMax));
        long started = Stopwatch.GetTimestamp();
        bool hasOutput;
        bool goesOn;
        do
        {
            // In slices: a host that is to be closed waits for nobody's output.
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(started);
            hasOutput = server.Panes.WaitForOutput(fields.GetPane(), position, left < WaitSlice ? left : WaitSlice);
            goesOn = !hasOutput && left > WaitSlice && !server.IsStopping && server.Panes.IsLive(fields.GetPane());
        }
        while (goesOn);
        answer.WriteBoolean("output", hasOutput);
        answer.WriteNumber("end", FindOutput(server, fields).End);
    }

    private static byte[] ReadInput(RequestFields fields)
    {
        try
        {
            return fields.FindString("bytes") is string bytes ? Convert.FromBase64String(bytes) : Encoding.UTF8.GetBytes(fields.GetString("text"));
        }
        catch (FormatException)
        {
            throw new RequestException("The field 'bytes' is wanted: base 64.");
        }
    }

    private static PaneOutput FindOutput(TerminalServer server, RequestFields fields) =>
        server.Terminals.FindOutput(fields.GetPane()) ?? throw new StoreException(StoreError.PaneNotFound, $"There is no terminal pane {fields.GetPane()}.");
}
