using System.Text.RegularExpressions;
using Xunit;

namespace Persistence.Tests;

/// <summary>
/// A filter runs while those who threw still hold their locks: it may look at the exception and at values, and nothing else. What may wait, or touches a file, belongs into the block.
/// </summary>
public sealed partial class ExceptionFilterTests
{
    // Functions of their arguments, of values that nobody locks.
    private static readonly HashSet<string> s_pure = ["Is", "IsFileError", "ToFault", "KindOf", "MayBeLeftOut", "IsNotNeeded"];

    // Properties that take a lock.
    private static readonly string[] s_waiting = ["HeldBytes", "OwedBytes", "SpareCount", "PendingCount"];

    [Fact]
    public void No_exception_filter_touches_a_file_or_waits()
    {
        string core = Path.Combine(LayeringTests.FindRepository(), "src", "Persistence.Core");
        string[] found = [.. Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories).SelectMany(file => FindViolations(File.ReadAllText(file)).Select(what => $"{Path.GetRelativePath(core, file)}: {what}"))];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("catch (A e) when (e.Fault == B.C && (d || e is { F: not G.H }))")]
    [InlineData("catch (A) when (Mutants.Is(Mutants.B))")]
    public void What_only_looks_at_values_is_left_alone(string code) => Assert.Empty(FindViolations(code));

    [Theory]
    [InlineData("catch (A e) when (attempt < max && RootFile.Read(files).B != b)", "Read")]
    [InlineData("catch (A e) when (\n    e.B == C\n    && LookAtRoot() != looked)", "LookAtRoot")]
    [InlineData("catch (A e) when (e.B == C && space.HeldBytes > 0)", "HeldBytes")]
    public void A_planted_violation_is_found(string code, string expected) => Assert.Equal([expected], FindViolations(code));

    private static IEnumerable<string> FindViolations(string code) => Filters().Matches(code).SelectMany(static filter =>
        Calls().Matches(filter.Value).Select(static call => call.Groups[1].Value).Where(static name => !s_pure.Contains(name))
            .Concat(s_waiting.Where(name => filter.Value.Contains($".{name}", StringComparison.Ordinal))));

    [GeneratedRegex(@"(?<=\)\s+)when\s+\((?:[^()]|(?<open>\()|(?<-open>\)))*(?(open)(?!))\)")]
    private static partial Regex Filters();

    [GeneratedRegex(@"(?<!when\s*)\b([A-Z]\w*)\(")]
    private static partial Regex Calls();
}
