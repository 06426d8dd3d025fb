using System.Globalization;
using System.Text;
using Xunit;

namespace Persistence.Tests.Combinations;

/// <summary>
/// Everything a store can do, in combinations that nobody has thought of (README of the tests: how to run more of them, and how to repeat one).
/// </summary>
public class CombinationTests
{
    private const int Seeds = 60;

    [Fact]
    public void Whatever_is_done_in_whatever_order_the_store_has_what_the_model_has()
    {
        int first = Number("COMBINATIONS_FIRST_SEED", 1);
        int count = Number("COMBINATIONS_SEEDS", Seeds);
        if (Environment.GetEnvironmentVariable("COMBINATIONS_STEPS") is string steps)
            Assert.Null(CombinationRun.Run(first, [.. steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Step.Parse)])?.ToString());
        StringBuilder failures = new();
        int failed = 0;
        for (int seed = first; seed < first + count && failed < 5; seed++)
        {
            if (CombinationRun.Run(seed) is not CombinationFailure failure)
                continue;
            failed++;
            failures.AppendLine(Shrinker.Shrink(failure, runsMax: 300).ToString());
        }

        Assert.True(failed == 0, failures.ToString());
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
