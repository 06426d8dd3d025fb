using System.Text.Json;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Types what interrupts a program.</summary>
internal sealed class InterruptRequest(long id, PaneOracle pane) : PaneRequest("send", id, pane)
{
    // And an empty line: a shell that has just been reading when the signal comes throws away the line it has read.
    private static readonly byte[] Interrupt = [0x03, (byte)'\n'];

    public override void WhenSent(TerminalOracle oracle) => Pane.Interrupted();

    public override bool MayFailWith(TerminalOracle oracle, string error) => error == "PaneNotRunning" && (Pane.IsEnding || !Pane.IsLive);

    protected override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        json.WriteBase64String("bytes", Interrupt);
    }
}
