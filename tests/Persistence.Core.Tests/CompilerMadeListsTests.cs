using Persistence.Engine;
using Xunit;

namespace Persistence.Tests;

/// <summary>
/// PowerShell cannot index what the compiler makes of a collection expression whose target is <c>IReadOnlyList&lt;T&gt;</c> or another interface: <c>$report.Findings[0]</c> would be all of them.
/// Which of them reach a user nobody can tell from the code, so there are none. Write an array: <c>ToArray()</c>, <c>(T[])[...]</c>, or a variable or a private return value of type <c>T[]</c>.
/// tests/pester/Contract.Tests.ps1 asks the same of the module's assembly.
/// </summary>
public sealed class CompilerMadeListsTests
{
    [Fact]
    public void The_core_makes_no_list_that_PowerShell_cannot_index()
    {
        IReadOnlyList<string> makers = CompilerMadeLists.FindMakers(typeof(PersistenceStore).Assembly.Location);
        Assert.True(makers.Count == 0, string.Join('\n', makers));
    }

    [Fact]
    public void Planted_ones_are_found()
    {
        IReadOnlyList<string> makers = CompilerMadeLists.FindMakers(typeof(CompilerMadeListsTests).Assembly.Location);
        Assert.Superset(
            new HashSet<string> { $"{nameof(CompilerMadeListsTests)}.{nameof(One)}", $"{nameof(CompilerMadeListsTests)}.{nameof(Some)}", $"{nameof(CompilerMadeListsTests)}.{nameof(Spread)}" },
            makers.ToHashSet());
        Assert.DoesNotContain($"{nameof(CompilerMadeListsTests)}.{nameof(Allowed)}", makers);
    }

    private static IReadOnlyList<int> One(int one) => [one];

    private static IEnumerable<int> Some(int one) => [one, one];

    private static IReadOnlyCollection<int> Spread(IEnumerable<int> some) => [.. some];

    private static IReadOnlyList<int> Allowed(int one) => (int[])[one];
}
