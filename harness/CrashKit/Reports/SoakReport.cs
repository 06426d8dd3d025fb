using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Soak;

namespace Persistence.CrashKit.Reports;

/// <summary>A soak as one JSON object. The names are fixed; more may be added.</summary>
public static class SoakReport
{
    /// <summary>Writes the report.</summary>
    public static void Write(SoakResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        WriteFixed(writer, result);
        WriteMore(writer, result);
        JsonReport.WriteEnd(writer, result.Run.WhyItCouldNotRun, result.VacuousBecause);
        WriteFlatness(writer, result.Flatness);
        WriteSamples(writer, result.Samples);
        JsonReport.WriteFailures(writer, result.Run);
        writer.WriteEndObject();
    }

    private static void WriteFixed(Utf8JsonWriter writer, SoakResult result)
    {
        writer.WriteNumber("seconds", Math.Round(result.Run.Elapsed.TotalSeconds, 3));
        writer.WriteNumber("operations", result.Operations);
        writer.WriteNumber("restarts", result.Restarts);
        writer.WriteNumber("lost", result.Run.Count(DiscrepancyKind.Lost));
        writer.WriteNumber("peak_bytes", result.PeakBytes);
        writer.WriteNumber("end_bytes", result.Last.WorkerBytes);
        writer.WriteNumber("disk_bytes_max", result.DiskBytesMax);
    }

    private static void WriteMore(Utf8JsonWriter writer, SoakResult result)
    {
        KillRunResult run = result.Run;
        writer.WriteString("verdict", result.Verdict.ToString());
        writer.WriteNumber("exit_code", (int)result.Verdict);
        writer.WriteBoolean("interrupted", result.WasInterrupted);
        writer.WriteNumber("phantom", run.Count(DiscrepancyKind.Phantom));
        writer.WriteNumber("out_of_order", run.Count(DiscrepancyKind.OutOfOrder));
        writer.WriteNumber("half_batches", run.Count(DiscrepancyKind.HalfBatch));
        writer.WriteNumber("reader_disagrees", run.Count(DiscrepancyKind.ReaderDisagrees));
        writer.WriteNumber("refused", run.Count(DiscrepancyKind.Refused));
        writer.WriteNumber("kills", run.Kills);
        writer.WriteNumber("clean_stops", result.CleanStops);
        writer.WriteNumber("verified", run.Verified);
        writer.WriteNumber("settlements", result.Settlements);
        writer.WriteNumber("inspections", run.Inspections);
        writer.WriteNumber("acknowledged", run.Acknowledged);
        writer.WriteNumber("recovered", run.Recovered);
        writer.WriteNumber("checkpoints", result.Checkpoints);
        writer.WriteNumber("increments", run.Increments);
        writer.WriteNumber("compactions", run.Compactions);
        writer.WriteNumber("archived_segments", run.ArchivedSegments);
        writer.WriteNumber("in_flight_share", Math.Round(run.InFlightShare, 4));
        writer.WriteNumber("recovery_ms_mean", Math.Round(run.RecoveryMsMean, 3));
        writer.WriteNumber("harness_peak_bytes", result.HarnessPeakBytes);
        writer.WriteNumber("harness_end_bytes", result.Last.HarnessBytes);
        writer.WriteNumber("disk_bytes_end", result.Last.DiskBytes);
        WriteParts(writer, result.Last.Disk, "_end");
        writer.WriteNumber("seed", run.Options.Seed);
        writer.WriteString("workload", run.Options.Workload);
        writer.WriteString("durability", run.Options.Durability.ToString());
        writer.WriteNumber("writers", run.Options.Writers);
        writer.WriteString("mutant", run.Options.Mutant);
    }

    private static void WriteParts(Utf8JsonWriter writer, DiskUse disk, string suffix)
    {
        writer.WriteNumber($"disk_log_bytes{suffix}", disk.LogBytes);
        writer.WriteNumber($"disk_checkpoint_bytes{suffix}", disk.CheckpointBytes);
        writer.WriteNumber($"disk_archive_bytes{suffix}", disk.ArchiveBytes);
        writer.WriteNumber($"disk_quarantine_bytes{suffix}", disk.QuarantineBytes);
        writer.WriteNumber($"disk_other_bytes{suffix}", disk.OtherBytes);
    }

    private static void WriteFlatness(Utf8JsonWriter writer, IReadOnlyList<Flatness> judged)
    {
        writer.WriteBoolean("growing", judged.Any(flatness => flatness.IsGrowing));
        writer.WriteStartArray("flatness");
        foreach (Flatness flatness in judged)
        {
            writer.WriteStartObject();
            writer.WriteString("of", flatness.What);
            writer.WriteBoolean("growing", flatness.IsGrowing);
            writer.WriteString("not_judged_because", flatness.WhyNotJudged);
            writer.WriteNumber("second_quarter_bytes", flatness.EarlierBytes);
            writer.WriteNumber("last_quarter_bytes", flatness.LaterBytes);
            writer.WriteNumber("allowed_bytes", flatness.AllowedBytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSamples(Utf8JsonWriter writer, IReadOnlyList<SoakSample> samples)
    {
        writer.WriteStartArray("samples");
        foreach (SoakSample sample in samples)
        {
            writer.WriteStartObject();
            writer.WriteNumber("seconds", Math.Round(sample.At.TotalSeconds, 1));
            writer.WriteNumber("life", sample.Life);
            writer.WriteNumber("worker_bytes", sample.WorkerBytes);
            writer.WriteNumber("harness_bytes", sample.HarnessBytes);
            writer.WriteNumber("disk_bytes", sample.DiskBytes);
            WriteParts(writer, sample.Disk, "");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
