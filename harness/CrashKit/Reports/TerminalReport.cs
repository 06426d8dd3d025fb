using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>A kill run of hosts of terminals as one JSON object. The names are fixed; more may be added.</summary>
public static class TerminalReport
{
    /// <summary>Writes the report.</summary>
    public static void Write(TerminalRunResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        JsonReport.WriteFixed(writer, result.Run);
        WriteRun(writer, result);
        WriteTerminals(writer, result);
        JsonReport.WriteEnd(writer, result.Run.WhyItCouldNotRun, result.VacuousBecause);
        JsonReport.WriteFailures(writer, result.Run);
        writer.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter writer, TerminalRunResult result)
    {
        KillRunResult run = result.Run;
        writer.WriteString("verdict", result.Verdict.ToString());
        writer.WriteNumber("exit_code", (int)result.Verdict);
        writer.WriteNumber("verified", run.Verified);
        writer.WriteNumber("kills_while_running", run.KillsWhileRunning);
        writer.WriteNumber("kills_while_opening", result.KillsWhileOpening);
        writer.WriteNumber("kills_while_restoring", result.KillsWhileRestoring);
        writer.WriteNumber("refused", run.Count(DiscrepancyKind.Refused));
        writer.WriteNumber("left_behind", run.Count(DiscrepancyKind.LeftBehind));
        writer.WriteNumber("seconds", Math.Round(run.Elapsed.TotalSeconds, 3));
        writer.WriteString("workload", run.Options.Workload);
        writer.WriteString("durability", run.Options.Durability.ToString());
        writer.WriteNumber("lanes", run.Options.Lanes);
        writer.WriteString("mutant", run.Options.Mutant);
        writer.WriteNumber("stores", run.Stores);
        writer.WriteNumber("recoveries", run.Recoveries);
        writer.WriteNumber("recoveries_replaying", run.RecoveriesReplaying);
        writer.WriteNumber("records_replayed", run.RecordsReplayed);
        writer.WriteNumber("recovery_ms_mean", Math.Round(run.RecoveryMsMean, 3));
        writer.WriteNumber("inspections", run.Inspections);
    }

    private static void WriteTerminals(Utf8JsonWriter writer, TerminalRunResult result)
    {
        writer.WriteNumber("output_bytes_acknowledged", result.OutputBytesAcknowledged);
        writer.WriteNumber("output_bytes_recovered", result.OutputBytesRecovered);
        writer.WriteNumber("panes_respawned", result.PanesRespawned);
        writer.WriteNumber("panes_answering", result.Answers);
        writer.WriteNumber("panes_killed_unasked", result.PanesKilledUnasked);
        writer.WriteNumber("panes_unanswered", result.PanesUnanswered);
        writer.WriteNumber("hosts_answered", result.HostsAnswered);
        writer.WriteNumber("panes_left_exited", result.PanesLeftExited);
        writer.WriteNumber("panes_not_startable", result.PanesNotStartable);
        writer.WriteNumber("directories_lost", result.DirectoriesLost);
        writer.WriteNumber("programs_killed", result.ProgramsKilled);
        writer.WriteNumber("full_checkpoints", result.FullCheckpoints);
        writer.WriteNumber("increments", result.Increments);
        writer.WriteNumber("rolls", result.Rolls);
        writer.WriteNumber("clean_closes", result.CleanCloses);
    }
}
