using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Starts a pane's program anew.</summary>
internal sealed class RestartRequest(long id, PaneOracle pane) : PaneRequest("restart", id, pane)
{
    public override bool IsPlain => false;

    public override void WhenSent(TerminalOracle oracle) => Pane.BeginStart();

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        Pane.Started(answer.GetProperty("pid").GetInt32(), byRestoreCommand: false);
        return null;
    }

    public override void WhenRefused(TerminalOracle oracle) => Pane.NotStarted();
}
