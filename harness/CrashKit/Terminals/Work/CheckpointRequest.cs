using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Asks for a checkpoint.</summary>
/// <param name="kind">full, incremental, or null: as the store is configured.</param>
internal sealed class CheckpointRequest(string? kind) : HostRequest("checkpoint")
{
    public override bool IsPlain => false;

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        oracle.NoteCheckpoint(answer.GetProperty("checkpoint").GetInt64(), answer.GetProperty("full").GetBoolean());
        return null;
    }

    // An increment builds on a checkpoint: without one there is none.
    public override bool MayFailWith(TerminalOracle oracle, string error) => kind == "incremental" && error == "CheckpointNotFound";

    protected override void Write(Utf8JsonWriter json)
    {
        if (kind is not null)
            json.WriteString("kind", kind);
    }
}
