using System.Globalization;
using System.Xml;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Soak;
using Persistence.CrashKit.Terminals.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>A run as a JUnit test suite: a test for each way to be wrong, and one for whether the run counts.</summary>
public static class JUnitReport
{
    private static readonly (DiscrepancyKind Kind, string Name)[] Cases =
    [
        (DiscrepancyKind.Lost, "nothing acknowledged is lost"),
        (DiscrepancyKind.Phantom, "nothing is there that nobody wrote"),
        (DiscrepancyKind.OutOfOrder, "nothing is there without what came before it"),
        (DiscrepancyKind.HalfBatch, "batches are there whole or not at all"),
        (DiscrepancyKind.ReaderDisagrees, "readers see what recovery sees"),
        (DiscrepancyKind.NotSerializable, "transactions are strictly serializable"),
        (DiscrepancyKind.LeftBehind, "no process, file or terminal is left behind"),
        (DiscrepancyKind.Refused, "the store opens and works after every kill"),
    ];

    /// <summary>Writes the report of a kill run.</summary>
    public static void Write(KillRunResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        (string, string?)[] cases = [.. JudgeCases(result), Counts(result.WhyItCouldNotRun, result.VacuousBecause)];
        WriteSuite("crash", result, cases, $"{result.Kills} kills, {result.Acknowledged} acknowledged, {result.Recovered} recovered", output);
    }

    /// <summary>Writes the report of a kill run of hosts of terminals.</summary>
    public static void Write(TerminalRunResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        (string, string?)[] cases = [.. JudgeCases(result.Run), Counts(result.Run.WhyItCouldNotRun, result.VacuousBecause)];
        WriteSuite("crash", result.Run, cases, $"{result.Run.Kills} kills, {result.Run.Acknowledged} acknowledged, {result.Run.Recovered} recovered, {result.OutputBytesAcknowledged} bytes of output acknowledged", output);
    }

    /// <summary>Writes the report of a soak.</summary>
    public static void Write(SoakResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        IEnumerable<(string, string?)> grows = result.Flatness.Select(flatness => ($"flat: {flatness.What}", flatness.IsGrowing ? flatness.ToString() : null));
        (string, string?)[] cases = [.. JudgeCases(result.Run), .. grows, Counts(result.Run.WhyItCouldNotRun, result.VacuousBecause)];
        WriteSuite("soak", result.Run, cases, $"{result.Operations} operations, {result.Restarts} restarts, {result.Run.Kills} kills", output);
    }

    private static IEnumerable<(string Name, string? Failure)> JudgeCases(KillRunResult result) =>
        Cases.Select(test => (test.Name, result.Failures.FirstOrDefault(failure => failure.Discrepancy.Kind == test.Kind)?.Discrepancy.Message));

    private static (string Name, string? Failure) Counts(string? whyItCouldNotRun, IReadOnlyList<string> vacuousBecause) =>
        ("the run tested something", whyItCouldNotRun ?? (vacuousBecause.Count == 0 ? null : string.Join("; ", vacuousBecause)));

    private static void WriteSuite(string verb, KillRunResult run, (string Name, string? Failure)[] cases, string counts, Stream output) =>
        Write(output, $"{verb} {run.Options.Workload} {run.Options.Durability}", verb, run.Elapsed, cases, $"seed {run.Options.Seed}, {counts}");

    internal static void Write(Stream output, string suite, string verb, TimeSpan elapsed, IReadOnlyList<(string Name, string? Failure)> cases, string summary)
    {
        using XmlWriter writer = XmlWriter.Create(output, new XmlWriterSettings { Indent = true });
        writer.WriteStartElement("testsuites");
        writer.WriteStartElement("testsuite");
        writer.WriteAttributeString("name", suite);
        writer.WriteAttributeString("tests", Number(cases.Count));
        writer.WriteAttributeString("failures", Number(cases.Count(test => test.Failure is not null)));
        writer.WriteAttributeString("time", elapsed.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        foreach ((string name, string? failure) in cases)
            WriteCase(writer, verb, name, failure);
        writer.WriteElementString("system-out", summary);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteCase(XmlWriter writer, string verb, string name, string? failure)
    {
        writer.WriteStartElement("testcase");
        writer.WriteAttributeString("classname", verb);
        writer.WriteAttributeString("name", name);
        if (failure is not null)
        {
            writer.WriteStartElement("failure");
            writer.WriteAttributeString("message", failure);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
