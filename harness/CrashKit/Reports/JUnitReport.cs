using System.Globalization;
using System.Xml;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>A kill run as a JUnit test suite: a test for each way to be wrong, and one for whether the run counts.</summary>
public static class JUnitReport
{
    private static readonly (DiscrepancyKind Kind, string Name)[] Cases =
    [
        (DiscrepancyKind.Lost, "nothing acknowledged is lost"),
        (DiscrepancyKind.Phantom, "nothing is there that nobody wrote"),
        (DiscrepancyKind.OutOfOrder, "nothing is there without what came before it"),
        (DiscrepancyKind.HalfBatch, "batches are there whole or not at all"),
        (DiscrepancyKind.ReaderDisagrees, "readers see what recovery sees"),
        (DiscrepancyKind.Refused, "the store opens and works after every kill"),
    ];

    /// <summary>Writes the report.</summary>
    public static void Write(KillRunResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        using XmlWriter writer = XmlWriter.Create(output, new XmlWriterSettings { Indent = true });
        int failures = Cases.Count(test => result.Count(test.Kind) > 0) + (CountsFor(result) is null ? 0 : 1);
        writer.WriteStartElement("testsuites");
        writer.WriteStartElement("testsuite");
        writer.WriteAttributeString("name", $"crash {result.Options.Workload} {result.Options.Durability}");
        writer.WriteAttributeString("tests", Number(Cases.Length + 1));
        writer.WriteAttributeString("failures", Number(failures));
        writer.WriteAttributeString("time", result.Elapsed.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        foreach ((DiscrepancyKind kind, string name) in Cases)
            WriteCase(writer, name, result.Failures.FirstOrDefault(failure => failure.Discrepancy.Kind == kind)?.Discrepancy.Message);
        WriteCase(writer, "the run tested something", CountsFor(result));
        writer.WriteElementString("system-out", $"seed {result.Options.Seed}, {result.Kills} kills, {result.Acknowledged} acknowledged, {result.Recovered} recovered");
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static string? CountsFor(KillRunResult result) =>
        result.WhyItCouldNotRun ?? (result.VacuousBecause.Count == 0 ? null : string.Join("; ", result.VacuousBecause));

    private static void WriteCase(XmlWriter writer, string name, string? failure)
    {
        writer.WriteStartElement("testcase");
        writer.WriteAttributeString("classname", "crash");
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
