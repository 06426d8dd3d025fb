using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace Persistence.CrashKit.Tests.Reports;

/// <summary>A report as whoever reads the file finds it.</summary>
internal static class WrittenReport
{
    /// <summary>The one object of a JSON report.</summary>
    public static JsonElement ReadJson(Action<Stream> write)
    {
        using MemoryStream output = new();
        write(output);
        using JsonDocument report = JsonDocument.Parse(output.ToArray());
        return report.RootElement.Clone();
    }

    /// <summary>The one suite of a JUnit report, whose counts are those of its tests.</summary>
    public static XElement ReadSuite(Action<Stream> write)
    {
        using MemoryStream output = new();
        write(output);
        output.Position = 0;
        XElement suite = XDocument.Load(output).Root!.Element("testsuite")!;
        Assert.Equal(suite.Elements("testcase").Count(), (int)suite.Attribute("tests")!);
        Assert.Equal(suite.Descendants("failure").Count(), (int)suite.Attribute("failures")!);
        return suite;
    }
}
