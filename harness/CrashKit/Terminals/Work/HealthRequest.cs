using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Asks how the host is.</summary>
internal sealed class HealthRequest() : HostRequest("health")
{
    public override bool IsPlain => false;

    /// <summary>In how many panes the host says that a program runs; null before it has answered.</summary>
    public int? PanesRunning { get; private set; }

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        PanesRunning = answer.GetProperty("panes_running").GetInt32();
        string status = answer.GetProperty("status").GetString()!;
        return status == "Unhealthy" ? $"it is {status}" : null;
    }
}
