using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>A kill run as one JSON object. The names are fixed; more may be added.</summary>
public static class JsonReport
{
    /// <summary>Writes the report.</summary>
    public static void Write(KillRunResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        WriteFixed(writer, result);
        WriteMore(writer, result);
        WritePoints(writer, result);
        WriteFailures(writer, result);
        writer.WriteEndObject();
    }

    internal static void WriteFixed(Utf8JsonWriter writer, KillRunResult result)
    {
        writer.WriteNumber("kills", result.Kills);
        writer.WriteNumber("acknowledged", result.Acknowledged);
        writer.WriteNumber("recovered", result.Recovered);
        writer.WriteNumber("lost", result.Count(DiscrepancyKind.Lost));
        writer.WriteNumber("phantom", result.Count(DiscrepancyKind.Phantom));
        writer.WriteNumber("out_of_order", result.Count(DiscrepancyKind.OutOfOrder));
        writer.WriteNumber("in_flight_share", Math.Round(result.InFlightShare, 4));
        writer.WriteNumber("kills_per_minute", Math.Round(result.KillsPerMinute, 1));
        writer.WriteNumber("seed", result.Options.Seed);
    }

    private static void WriteMore(Utf8JsonWriter writer, KillRunResult result)
    {
        writer.WriteString("verdict", result.Verdict.ToString());
        writer.WriteNumber("exit_code", (int)result.Verdict);
        writer.WriteNumber("verified", result.Verified);
        writer.WriteNumber("kills_while_running", result.KillsWhileRunning);
        writer.WriteNumber("half_batches", result.Count(DiscrepancyKind.HalfBatch));
        writer.WriteNumber("reader_disagrees", result.Count(DiscrepancyKind.ReaderDisagrees));
        writer.WriteNumber("refused", result.Count(DiscrepancyKind.Refused));
        writer.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 3));
        writer.WriteString("workload", result.Options.Workload);
        writer.WriteString("durability", result.Options.Durability.ToString());
        writer.WriteNumber("writers", result.Options.Writers);
        writer.WriteNumber("lanes", result.Options.Lanes);
        writer.WriteString("mutant", result.Options.Mutant);
        writer.WriteNumber("stores", result.Stores);
        writer.WriteNumber("stores_archiving", result.StoresArchiving);
        writer.WriteNumber("stores_elsewhere", result.StoresElsewhere);
        writer.WriteNumber("increments", result.Increments);
        writer.WriteNumber("compactions", result.Compactions);
        writer.WriteNumber("archived_segments", result.ArchivedSegments);
        writer.WriteNumber("backups", result.Backups);
        writer.WriteNumber("backup_increments", result.BackupIncrements);
        writer.WriteNumber("recoveries", result.Recoveries);
        writer.WriteNumber("recoveries_replaying", result.RecoveriesReplaying);
        writer.WriteNumber("records_replayed", result.RecordsReplayed);
        writer.WriteNumber("recovery_ms_mean", Math.Round(result.RecoveryMsMean, 3));
        writer.WriteNumber("inspections", result.Inspections);
        if (result.Options.LooksBack)
        {
            writer.WriteNumber("past_states", result.PastStates);
            writer.WriteNumber("gone_back", result.GoneBack);
        }

        if (result.Options.HasEntities)
            WriteEntityDeeds(writer, result);
        writer.WriteNumber("not_serializable", result.Count(DiscrepancyKind.NotSerializable));
        writer.WriteNumber("transactions_judged_together", result.Transactions);
        writer.WriteNumber("dependencies", result.Dependencies);
        writer.WriteNumber("unexpected_exits", result.UnexpectedExits);
        WriteEnd(writer, result.WhyItCouldNotRun, result.VacuousBecause);
    }

    private static void WriteEntityDeeds(Utf8JsonWriter writer, KillRunResult result)
    {
        writer.WriteStartObject("entities");
        foreach ((string deed, int count) in result.EntityDeeds)
            writer.WriteNumber(deed, count);
        writer.WriteEndObject();
    }

    /// <summary>Why a run came to no answer, or to none that counts.</summary>
    internal static void WriteEnd(Utf8JsonWriter writer, string? whyItCouldNotRun, IReadOnlyList<string> vacuousBecause)
    {
        writer.WriteString("could_not_run_because", whyItCouldNotRun);
        writer.WriteStartArray("vacuous_because");
        foreach (string reason in vacuousBecause)
            writer.WriteStringValue(reason);
        writer.WriteEndArray();
    }

    private static void WritePoints(Utf8JsonWriter writer, KillRunResult result)
    {
        writer.WriteStartObject("points");
        foreach (KillPoint point in result.PointsRequested.Keys.Order())
        {
            writer.WriteStartObject(KillPoints.NameOf(point));
            writer.WriteNumber("requested", result.PointsRequested[point]);
            writer.WriteNumber("fired", result.PointsFired.GetValueOrDefault(point));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    internal static void WriteFailures(Utf8JsonWriter writer, KillRunResult result)
    {
        writer.WriteStartArray("failures");
        foreach (Failure failure in result.Failures)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", failure.Discrepancy.Kind.ToString());
            writer.WriteString("message", failure.Discrepancy.Message);
            writer.WriteString("store", failure.StoreDirectory);
            writer.WriteString("evidence", failure.EvidenceFile);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
