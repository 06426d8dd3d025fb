using System.Text.Json;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Types a command into a pane.</summary>
internal sealed class SendRequest(long id, PaneOracle pane, ShellCommand command) : PaneRequest("send", id, pane)
{
    public override void WhenSent(TerminalOracle oracle) => Pane.Typed(command, Pane.Life);

    // One that was told to end, or was killed, may have.
    public override bool MayFailWith(TerminalOracle oracle, string error) => error == "PaneNotRunning" && (Pane.IsEnding || !Pane.IsLive);

    protected override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        json.WriteString("text", command.Text + "\n");
    }
}
