using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>Programs that are not ours and speak the protocol: a few lines of shell over a text file.</summary>
public sealed class ForeignWorkerTests
{
    private const string Worker = """
        log="$CRASHKIT_DIR/log"
        echo '{"ready":{"caps":["open","verify","run"]}}'
        while read -r order; do
          case "$order" in
            '{"open"'*) touch "$log"; echo '{"ready":{"recovered":true,"recovery_ms":0}}' ;;
            '{"verify"'*)
              for key in a b c; do
                value=$(grep "^$key " "$log" | tail -n 1 | cut -d ' ' -f 2)
                if [ -n "$value" ]; then echo "{\"dump\":{\"items\":[[\"$key\",\"$value\"]]}}"; fi
              done
              echo '{"dump":{"end":true}}' ;;
            '{"run"'*)
              n=0
              while true; do
                for key in a b c; do
                  n=$((n+1))
                  value="$CRASHKIT_EPOCH.$n"
                  echo "{\"intent\":{\"n\":$n,\"op\":\"put\",\"key\":\"$key\",\"val\":\"$value\"}}"
                  KEEP
                  echo "{\"ack\":{\"n\":$n}}"
                done
              done ;;
          esac
        done
        """;

    [Fact]
    public void A_program_that_writes_before_it_acknowledges_passes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, "echo \"$key $value\" >> \"$log\"");
        Assert.Equal([], result.Failures);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(10, result.Verified);
        Assert.True(result.Acknowledged > 0);
    }

    [Fact]
    public void A_program_that_forgets_every_second_write_is_convicted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, "if [ $((n % 2)) -ne 0 ]; then echo \"$key $value\" >> \"$log\"; fi; sleep 0.001");
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.True(result.Count(DiscrepancyKind.Lost) > 0);
    }

    private static KillRunResult Run(TestDirectory directory, string keep)
    {
        string script = directory.Combine("worker.sh");
        File.WriteAllText(script, Worker.Replace("KEEP", keep, StringComparison.Ordinal));
        return new KillRun(new KillRunOptions
        {
            Worker = new WorkerCommand("sh", [script], new Dictionary<string, string>()),
            IsBuiltIn = false,
            Directory = Directory.CreateDirectory(directory.Combine("stores")).FullName,
            Kills = 10,
            KillsPerStore = 5,
            Lanes = 1,
        }).Run(TestContext.Current.CancellationToken);
    }
}
