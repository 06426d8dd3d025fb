using Persistence.CrashKit.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>A program and its checker, both of them a few lines of shell.</summary>
public sealed class CheckerLaneTests
{
    private const string Worker = """
        echo >> "$CRASHKIT_DIR/log"
        i=$(wc -l < "$CRASHKIT_DIR/log")
        while true; do i=$((i+1)); echo "$i" >> "$CRASHKIT_DIR/log"; echo "$i"; sleep 0.01; done
        """;

    private const string HonestChecker = """
        [ "$CRASHKIT_DIR" = "$1" ] || exit 3
        while read -r line; do grep -qx "$line" "$1/log" || { echo "$line is missing"; exit 1; }; done < "$2"
        """;

    [Fact]
    public void A_program_that_keeps_what_it_printed_passes()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Worker);
        Assert.Equal([], result.Failures);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
        Assert.True(result.Acknowledged > 0);
    }

    [Fact]
    public void A_program_that_forgets_what_it_printed_is_convicted()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, "rm -f \"$CRASHKIT_DIR/log\"; i=$(date +%s%N)\n" + Worker);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.Contains("is missing", result.Failures[0].Discrepancy.Message, StringComparison.Ordinal);
    }

    private static KillRunResult Run(TestDirectory directory, string worker)
    {
        string stores = directory.Combine("stores");
        Directory.CreateDirectory(stores);
        return new KillRun(new KillRunOptions
        {
            Worker = ShellScript.Write(directory, "worker.sh", worker),
            Checker = ShellScript.Write(directory, "checker.sh", HonestChecker),
            IsBuiltIn = false,
            Directory = stores,
            Kills = 6,
            Lanes = 1,
        }).Run(TestContext.Current.CancellationToken);
    }
}
