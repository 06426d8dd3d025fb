using System.CommandLine;
using System.Text.Json;
using Persistence.Configuration;
using Persistence.CrashKit.Runs;
using Persistence.Harness.Bench;
using Persistence.Harness.Bench.Entities;

namespace Persistence.Harness.Commands;

/// <summary><c>harness bench checkpoint</c>, <c>bench recovery</c>, <c>bench terminals</c> and <c>bench entities</c>: figures, no verdict.</summary>
internal static class BenchCommand
{
    private const int CountMax = 100_000_000;

    public static Command Create()
    {
        Command bench = new("bench", "Measure the engine against what the machine can do. Figures only: nothing is judged.");
        bench.Subcommands.Add(CreateCheckpoint());
        bench.Subcommands.Add(CreateRecovery());
        bench.Subcommands.Add(CreateTerminals());
        bench.Subcommands.Add(CreateEntities());
        return bench;
    }

    private static Command CreateCheckpoint()
    {
        Option<int> keys = CheckedOption.Count("--keys", "How many keys the state has.", CountMax, 1_000_000);
        Option<int> samples = CheckedOption.Count("--samples", "How many changes are timed at least, without a checkpoint and with one.", CountMax, 100_000);
        Option<DurabilityMode?> durability = CheckedOption.Durability("When a commit is promised; None and Sync, one after the other, by default.");
        Command command = new("checkpoint", "How long changes take while a checkpoint is taken, and how large an increment is after one key in a hundred was changed.");
        return Add(command, [keys, samples, durability], (parsed, directory) =>
        {
            CheckpointBench run = new(directory, parsed.GetValue(keys), parsed.GetValue(samples));
            DurabilityMode[] modes = parsed.GetValue(durability) is DurabilityMode one ? [one] : [DurabilityMode.None, DurabilityMode.Sync];
            return modes.Select(run.Run);
        });
    }

    private static Command CreateRecovery()
    {
        Option<int> entries = CheckedOption.Count("--entries", "How many entries the log has, each with a key of its own.", CountMax, 1_000_000);
        Option<int> size = CheckedOption.Count("--size", "How many bytes each value has.", 1 << 20, 256);
        Option<int> rounds = CheckedOption.Count("--rounds", "How often each is measured; the median counts.", 1_000, 7);
        Command command = new("recovery", "How long recovery takes: a scan of the log, and rebuilding the key-value state; against a plain read of the same files with their CRC-32C.");
        return Add(command, [entries, size, rounds], (parsed, directory) => new RecoveryBench(directory, parsed.GetValue(entries), parsed.GetValue(size), parsed.GetValue(rounds)).Run());
    }

    private static Command CreateTerminals()
    {
        Option<int> megabytes = CheckedOption.Count("--megabytes", "How much the program of one pane writes, in millions of bytes.", 100_000, 200);
        Option<int> panes = CheckedOption.Count("--panes", "How many panes have long scrollback.", 100_000, 100);
        Option<int> lines = CheckedOption.Count("--lines", "How many lines of 80 bytes each of them has.", CountMax, 100_000);
        Option<int> many = CheckedOption.Count("--checkpoint-panes", "How many panes the checkpoint is of.", 100_000, 1_000);
        Option<int> rounds = CheckedOption.Count("--rounds", "How often each is measured; the median counts.", 1_000, 5);
        Command command = new("terminals", "How fast output goes into durable scrollback, what long scrollback takes, how long it takes to come back, and how long a checkpoint of many panes takes.");
        return Add(command, [megabytes, panes, lines, many, rounds], (parsed, directory) =>
            new TerminalsBench(directory, parsed.GetValue(megabytes), parsed.GetValue(panes), parsed.GetValue(lines), parsed.GetValue(many), parsed.GetValue(rounds)).Run());
    }

    private static Command CreateEntities()
    {
        Option<int> entities = CheckedOption.Count("--entities", "How many entities there are, each with three components.", CountMax, 1_000_000);
        Option<int?> batch = CheckedOption.Count("--batch", "How many of them are inserted in one commit; 100, 1,000 and 10,000, one after the other, by default.", CountMax);
        Option<int> samples = CheckedOption.Count("--samples", "How many commits are timed at least, without a checkpoint and with one.", CountMax, 10_000);
        Option<int> rounds = CheckedOption.Count("--rounds", "How often everything else is measured; the median counts.", 1_000, 3);
        Command command = new("entities", "How fast entities are inserted, against the same without a store and against SQLite; how long checkpoints of them take, and commits meanwhile; how long it takes to restore them, and to read them.");
        return Add(command, [entities, batch, samples, rounds], (parsed, directory) =>
        {
            int[] batchSizes = parsed.GetValue(batch) is int one ? [one] : [100, 1_000, 10_000];
            return new EntitiesBench(directory, parsed.GetValue(entities), batchSizes, parsed.GetValue(samples), parsed.GetValue(rounds)).Run();
        });
    }

    private static Command Add(Command command, Option[] options, Func<ParseResult, string, IEnumerable<BenchRow>> run)
    {
        Option<string?> json = CheckedOption.Text("--json", "Write the rows to this file as JSON.", "a path");
        foreach (Option option in options.Append(json))
            command.Options.Add(option);
        command.SetAction(parsed => Run(parsed, parsed.GetValue(json), run));
        return command;
    }

    private static int Run(ParseResult parsed, string? json, Func<ParseResult, string, IEnumerable<BenchRow>> run)
    {
        try
        {
            using FileStream? report = ReportFile.Open(json);
            using RunDirectory directory = new(parent: null);
            List<BenchRow> rows = [];
            foreach (BenchRow row in run(parsed, directory.Path))
            {
                rows.Add(row);
                Console.WriteLine(row.Line);
            }

            return ReportFile.TryWrite(report, output => WriteJson(output, rows)) ? (int)KillRunVerdict.Passed : ExitCodes.CouldNotRun;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.CouldNotRun;
        }
    }

    private static void WriteJson(Stream output, List<BenchRow> rows)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteStartArray("rows");
        foreach (BenchRow row in rows)
        {
            writer.WriteStartObject();
            row.WriteJson(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
