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
        List<(string Name, string? Failure)> tests = [.. Cases.Select(test => (test.Name, result.Failures.FirstOrDefault(failure => failure.Discrepancy.Kind == test.Kind)?.Discrepancy.Message))];
        tests.Add(("the run tested something", CountsFor(result)));
        Write(output, $"crash {result.Options.Workload} {result.Options.Durability}", "crash", result.Elapsed, tests,
            $"seed {result.Options.Seed}, {result.Kills} kills, {result.Acknowledged} acknowledged, {result.Recovered} recovered");
    }

    internal static void Write(Stream output, string suite, string className, TimeSpan elapsed, IReadOnlyList<(string Name, string? Failure)> tests, string summary)
    {
        using XmlWriter writer = XmlWriter.Create(output, new XmlWriterSettings { Indent = true });
        writer.WriteStartElement("testsuites");
        writer.WriteStartElement("testsuite");
        writer.WriteAttributeString("name", suite);
        writer.WriteAttributeString("tests", Number(tests.Count));
        writer.WriteAttributeString("failures", Number(tests.Count(test => test.Failure is not null)));
        writer.WriteAttributeString("time", elapsed.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        foreach ((string name, string? failure) in tests)
            WriteCase(writer, className, name, failure);
        writer.WriteElementString("system-out", summary);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static string? CountsFor(KillRunResult result) =>
        result.WhyItCouldNotRun ?? (result.VacuousBecause.Count == 0 ? null : string.Join("; ", result.VacuousBecause));

    private static void WriteCase(XmlWriter writer, string className, string name, string? failure)
    {
        writer.WriteStartElement("testcase");
        writer.WriteAttributeString("classname", className);
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
