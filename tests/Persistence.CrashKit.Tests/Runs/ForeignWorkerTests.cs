using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>Programs that are not ours and speak the protocol: a few lines of shell over a text file.</summary>
public sealed class ForeignWorkerTests
{
    private const string Capabilities = "\"open\",\"verify\",\"run\"";
    private const string Keep = "echo \"$key $value ok\" >> \"$log\"";

    // A kill may cut a write in two: what has no "ok" is no line, and the next one begins on a new line.
    private const string Worker = """
        log="$CRASHKIT_DIR/log"
        echo '{"ready":{"caps":[CAPS]}}'
        while read -r order; do
          case "$order" in
            '{"open"'*) echo >> "$log"; echo '{"ready":{"recovered":true,"recovery_ms":0}}' ;;
            '{"verify"'*)
              for key in a b c; do
                value=$(grep "^$key .* ok$" "$log" | tail -n 1 | cut -d ' ' -f 2)
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
                  REST
                done
              done ;;
          esac
        done
        """;

    private const string RecordWorker = """
        log="$CRASHKIT_DIR/log"
        echo '{"ready":{"caps":[CAPS]}}'
        while read -r order; do
          case "$order" in
            '{"open"'*) touch "$log"; echo '{"ready":{"recovered":true}}' ;;
            '{"verify"'*) while read -r record; do echo "{\"dump\":{\"records\":[\"$record\"]}}"; done < "$log"; echo '{"dump":{"end":true}}' ;;
            '{"run"'*)
              n=0
              while true; do
                n=$((n+1))
                echo "{\"intent\":{\"n\":$n,\"op\":\"record\",\"val\":\"$CRASHKIT_EPOCH.$n\"}}"
                KEEP
                echo "{\"ack\":{\"n\":$n}}"
                sleep 0.001
              done ;;
          esac
        done
        """;

    /// <summary>Random moments alone would find the second one at work in a quarter of the cases. Its work takes longer than a busy machine takes to stop it.</summary>
    [Theory]
    [InlineData(Keep, ":")]
    [InlineData(Keep + "; sleep 0.02", "sleep 0.06")]
    public void A_program_that_writes_before_it_acknowledges_passes_even_if_it_rests_most_of_the_time(string keep, string rest)
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Fill(Worker, keep, rest), kills: 30);
        Assert.Equal([], result.Failures);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(30, result.Verified);
        Assert.True(result.Acknowledged > 0);
        if (!OperatingSystem.IsWindows())
            Assert.Equal([], result.VacuousBecause);
    }

    [Fact]
    public void A_program_that_forgets_every_second_write_is_convicted()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Fill(Worker, $"if [ $((n % 2)) -ne 0 ]; then {Keep}; fi; sleep 0.001"));
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.True(result.Count(DiscrepancyKind.Lost) > 0);
    }

    /// <summary>What is lost only while nothing is in flight: the write comes a while after the acknowledgement.</summary>
    [Fact]
    public void A_program_that_writes_after_it_acknowledged_is_convicted()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Fill(Worker, ":", $"sleep 0.02; {Keep}"), kills: 60);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.True(result.Count(DiscrepancyKind.Lost) > 0);
    }

    [Fact]
    public void A_program_that_forgets_all_its_records_is_convicted()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Fill(RecordWorker, ":"));
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.True(result.Count(DiscrepancyKind.Lost) > 0);
    }

    [Fact]
    public void A_program_whose_oldest_records_may_go_says_so()
    {
        const string keepTheLast = "echo \"$CRASHKIT_EPOCH.$n\" > \"$log.new\"; mv \"$log.new\" \"$log\"";
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Fill(RecordWorker, keepTheLast, capabilities: Capabilities + ",\"trim\""));
        Assert.Equal([], result.Failures);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(10, result.Verified);
    }

    [Fact]
    public void A_program_that_uses_a_value_again_is_no_answer()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, Fill(Worker, Keep).Replace("$CRASHKIT_EPOCH.$n", "$n", StringComparison.Ordinal));
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.Contains("was used before", result.WhyItCouldNotRun, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_told_to_stop_and_does_not_close_its_store_is_no_answer()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, AnswerToStop("exit 0"), kills: 1);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.Contains("without a bye, exit code 0", result.WhyItCouldNotRun, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_cannot_close_its_store_is_convicted_even_if_it_lives_on()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, AnswerToStop("echo '{\"error\":{\"text\":\"stuck\"}}'; exec sleep 1000"), kills: 1, answerSeconds: 3);
        Failure failure = Assert.Single(result.Failures);
        Assert.Equal(new Discrepancy(DiscrepancyKind.Refused, "stuck"), failure.Discrepancy);
    }

    /// <summary>One that writes nothing and listens for the order to stop.</summary>
    private static string AnswerToStop(string answer)
    {
        string worker = Fill(Worker, ":", capabilities: Capabilities + ",\"stop\"");
        int run = worker.IndexOf("      n=0", StringComparison.Ordinal);
        return $"{worker[..run]}while read -r order; do case \"$order\" in '{{\"stop\"'*) {answer} ;; esac; done ;;\n  esac\ndone";
    }

    private static string Fill(string worker, string keep, string rest = ":", string capabilities = Capabilities) => worker
        .Replace("CAPS", capabilities, StringComparison.Ordinal)
        .Replace("KEEP", keep, StringComparison.Ordinal)
        .Replace("REST", rest, StringComparison.Ordinal);

    private static KillRunResult Run(TestDirectory directory, string worker, int kills = 10, int answerSeconds = 30) => new KillRun(new KillRunOptions
    {
        Worker = ShellScript.Write(directory, "worker.sh", worker),
        IsBuiltIn = false,
        Directory = Directory.CreateDirectory(directory.Combine("stores")).FullName,
        Kills = kills,
        KillsPerStore = 5,
        Lanes = 1,
        AnswerTime = TimeSpan.FromSeconds(answerSeconds),
    }).Run(TestContext.Current.CancellationToken);
}
