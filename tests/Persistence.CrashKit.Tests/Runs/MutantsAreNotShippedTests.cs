using System.Reflection;
using System.Text;
using Persistence.CrashKit.Runs;
using Persistence.Engine;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

public sealed class MutantsAreNotShippedTests
{
    [Fact]
    public void The_engine_holds_no_trace_of_a_mutant()
    {
        Assembly core = typeof(PersistenceStore).Assembly;
        Assert.DoesNotContain(core.GetTypes(), type => type.Name.Contains("Mutant", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(FindTraces(core.Location));
    }

    [Fact]
    public void The_second_compilation_shows_that_the_search_finds_them() =>
        Assert.Equal(MutantNames.OfKillTier.Append(MutantNames.Variable).Append("Mutants").Order(), FindTraces(BuiltHarness.MutantCore).Order());

    /// <summary>Names of types are UTF-8 in an assembly, string literals UTF-16.</summary>
    private static IEnumerable<string> FindTraces(string assembly)
    {
        byte[] bytes = File.ReadAllBytes(assembly);
        return MutantNames.OfKillTier.Append(MutantNames.Variable).Append("Mutants")
            .Where(trace => Contains(bytes, Encoding.UTF8.GetBytes(trace)) || Contains(bytes, Encoding.Unicode.GetBytes(trace)));
    }

    private static bool Contains(byte[] bytes, byte[] part) => bytes.AsSpan().IndexOf(part) >= 0;
}
