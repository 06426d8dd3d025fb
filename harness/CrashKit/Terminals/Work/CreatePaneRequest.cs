using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request that creates a pane, in which a shell is started.</summary>
/// <param name="write">Writes its fields.</param>
/// <param name="change">What it does.</param>
/// <param name="pane">What the pane must be.</param>
internal sealed class CreatePaneRequest(Action<Utf8JsonWriter> write, Func<TreeModel, TreeModel> change, PaneOracle pane) : CreateRequest("create-pane", write, change, "pane", pane.Key)
{
    public override void WhenSent(TerminalOracle oracle)
    {
        oracle.Panes.Add(pane.Key, pane);
        pane.BeginStart();
    }

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        pane.Started(answer.GetProperty("pid").GetInt32(), byRestoreCommand: false);
        return base.WhenAnswered(oracle, answer, after);
    }
}
