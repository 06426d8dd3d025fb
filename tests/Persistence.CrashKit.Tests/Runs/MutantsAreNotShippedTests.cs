using System.Reflection;
using System.Text;
using Persistence.CrashKit.Mutants;
using Persistence.CrashKit.Runs;
using Persistence.Engine;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

public sealed class MutantsAreNotShippedTests
{
    private static readonly string[] Traces =
        [.. MutantCatalog.All.Where(mutant => mutant.Status == MutantStatus.Active).Select(mutant => mutant.Name), MutantNames.Variable, "Mutants"];

    [Fact]
    public void The_engine_holds_no_trace_of_a_mutant()
    {
        Assembly core = typeof(PersistenceStore).Assembly;
        Assert.DoesNotContain(core.GetTypes(), type => type.Name.Contains("Mutant", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(FindTraces(core.Location));
    }

    [Fact]
    public void The_second_compilation_shows_that_the_search_finds_them() =>
        Assert.Equal(Traces.Order(), FindTraces(BuiltHarness.MutantCore).Order());

    /// <summary>Names of types are UTF-8 in an assembly, string literals UTF-16.</summary>
    private static IEnumerable<string> FindTraces(string assembly)
    {
        byte[] bytes = File.ReadAllBytes(assembly);
        return Traces.Where(trace => Contains(bytes, Encoding.UTF8.GetBytes(trace)) || Contains(bytes, Encoding.Unicode.GetBytes(trace)));
    }

    private static bool Contains(byte[] bytes, byte[] part) => bytes.AsSpan().IndexOf(part) >= 0;
}
