using System.Text.Json;
using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Samples.TerminalHost.Serving;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Requests about the store as a whole.</summary>
internal static class StoreRequests
{
    /// <summary>How store and host are, from probes that are really made.</summary>
    public static void Health(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        HealthReport report = server.Store.CheckHealth();
        // Programs whose output cannot be logged wait: that is worse than it sounds.
        answer.WriteString("status", (server.Panes.Failure is null ? report.Status : HealthStatus.Unhealthy).ToString());
        answer.WriteNumber("panes_running", server.Panes.LiveCount);
        answer.WriteString("failure", server.Panes.Failure?.Message);
        answer.WriteStartObject("probes");
        foreach (HealthProbe probe in report.Probes)
            answer.WriteString(probe.Name, $"{probe.Status}: {probe.Message}");
        answer.WriteEndObject();
        JsonText.Write(answer, "findings", report.Findings.Select(static finding => $"{finding.Status}: {finding.Message} {finding.Suggestion}".TrimEnd()));
    }

    /// <summary>Takes a checkpoint: "full" or "incremental" if that is said, else as the store is configured.</summary>
    public static void TakeCheckpoint(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        CheckpointKind kind = fields.FindString("kind") switch
        {
            null => CheckpointKind.Automatic,
            "full" => CheckpointKind.Full,
            "incremental" => CheckpointKind.Incremental,
            string other => throw new RequestException($"There is no checkpoint of kind '{other}': full or incremental."),
        };
        CheckpointInfo taken = server.Store.TakeCheckpoint(new CheckpointRequest { Kind = kind, Name = fields.FindString("name") });
        answer.WriteNumber("checkpoint", taken.Id);
        answer.WriteBoolean("full", taken.IsFull);
        answer.WriteNumber("bytes", taken.FileBytes);
    }

    /// <summary>On its answer everything that was answered before is durable, and all that was read of what programs had written before it was asked.</summary>
    public static void Flush(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        server.Panes.Flush();
        server.Store.Flush();
    }

    public static void ShowTree(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => new TreeWriter(server, answer).Write();
}
