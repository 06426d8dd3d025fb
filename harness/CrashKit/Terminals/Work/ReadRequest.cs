using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Reads what follows what is known of a pane's output: what the host tells is as durable as it promises.</summary>
internal sealed class ReadRequest(long id, PaneOracle pane) : PaneRequest("read", id, pane)
{
    private readonly long _position = pane.Output.Known;

    public override bool IsPlain => false;

    public override void WhenSent(TerminalOracle oracle) => Pane.IsBeingRead = true;

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        Pane.IsBeingRead = false;
        byte[] bytes = answer.GetProperty("bytes").GetBytesFromBase64();
        oracle.NoteHeard(bytes.Length);
        return Pane.HearOutput(answer.GetProperty("position").GetInt64(), bytes, answer.GetProperty("end").GetInt64()) is string wrong ? $"{Place}: {wrong}" : null;
    }

    public override void WhenRefused(TerminalOracle oracle) => Pane.IsBeingRead = false;

    protected override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        json.WriteNumber("position", _position);
    }
}
