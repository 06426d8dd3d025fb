using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>Programs that do what no worker should: the run ends, says why, and leaves nothing running.</summary>
public sealed class MisbehavingWorkerTests
{
    private const string Ready = "echo '{\"ready\":{\"caps\":[\"open\",\"verify\",\"run\"]}}'; read -r order\n";
    private const string Open = Ready + "echo '{\"ready\":{\"recovered\":false}}'; read -r order\n";

    // Short where the time is what is waited for, long where something else is.
    private const int Soon = 300;
    private const int Late = 120_000;

    [Theory]
    [InlineData("exec sleep 1000", Soon, "gave no answer within 0.3 s")]
    [InlineData(Ready + "exec sleep 1000", Soon, "gave no answer")]
    [InlineData(Open + "exec sleep 1000", Soon, "gave no answer")]
    [InlineData("trap '' TERM INT HUP; while true; do sleep 1000; done", Soon, "gave no answer")]
    [InlineData("exec >&-; exec sleep 1000", 5000, "closed its standard output")]
    [InlineData("exec tr '\\0' x < /dev/zero", Late, "A line of more than 1048576 bytes")]
    [InlineData("exec yes", Late, "Not a message of the protocol: y")]
    [InlineData(Open + "exec yes '{\"dump\":{\"items\":[]}}'", 3000, "gave no answer")]
    [InlineData(Open + "exec yes '{\"dump\":{\"records\":[\"0123456789012345678901234567890123456789\"]}}'", Late, "The dump has more than")]
    [InlineData("echo 'not today' >&2; exit 3", Late, "exit code 3: not today")]
    [InlineData("printf '\\377\\001\\033[2J\\n'; exec sleep 1000", Late, "Not a message of the protocol: \ufffd..[2J")]
    [InlineData("exec cat /dev/urandom", Late, "")]
    [InlineData("cat /dev/zero >&2", Soon, "gave no answer")]
    public void A_worker_without_sense_is_no_answer(string script, int answerMs, string why)
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, script, checker: null, answerMs);
        AssertNoAnswer(result, why);
        ShellScript.AssertNoneRuns(directory);
    }

    [Theory]
    [InlineData(Ready + "echo '{\"error\":{\"text\":\"DiskFull: no space left\"}}'; exec sleep 1000")]
    [InlineData(Open + "echo '{\"error\":{\"text\":\"DiskFull: no space left\"}}'; exec sleep 1000")]
    [InlineData(Open + "echo '{\"dump\":{\"end\":true}}'; read -r order; echo '{\"intent\":{\"n\":1,\"op\":\"flush\"}}'; echo '{\"fail\":{\"n\":1,\"reason\":\"DiskFull: no space left\"}}'; exec sleep 1000")]
    public void A_full_disk_is_nobodys_broken_promise(string script)
    {
        using TestDirectory directory = new();
        KillRunResult result = new KillRun(Options(directory, script, checker: null, Late) with { IsBuiltIn = true, Points = [] }).Run(TestContext.Current.CancellationToken);
        AssertNoAnswer(result, "There is no space for the store: DiskFull: no space left");
    }

    [Theory]
    [InlineData("exec sleep 1000", Soon, "printed no line within 0.3 s")]
    [InlineData("exec >&-; exec sleep 1000", 5000, "closed its standard output")]
    [InlineData("exec tr '\\0' x < /dev/zero", Late, "A line of more than 1048576 bytes")]
    [InlineData("echo 'not today' >&2; exit 3", Late, "exit code 3: not today")]
    [InlineData("echo one; echo 'not today' >&2; exit 0", Late, "ended by itself, exit code 0: not today")]
    public void A_worker_without_sense_is_no_answer_where_a_checker_judges_either(string script, int answerMs, string why)
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, script, "exit 0", answerMs);
        AssertNoAnswer(result, why);
        ShellScript.AssertNoneRuns(directory);
    }

    [Theory]
    [InlineData("exec yes")]
    [InlineData("exec cat /dev/urandom")]
    [InlineData("trap '' TERM INT HUP; while true; do echo line; sleep 0.01; done")]
    public void A_worker_that_says_too_much_or_listens_to_nobody_is_killed_all_the_same(string script)
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, script, "exit 0", Late);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
        Assert.Equal(3, result.Kills);
        ShellScript.AssertNoneRuns(directory);
    }

    [Fact]
    public void A_checker_that_does_not_answer_is_no_answer()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, "while true; do echo line; sleep 0.01; done", "exec sleep 1000", 3000);
        AssertNoAnswer(result, "The checker gave no answer within 3 s");
        ShellScript.AssertNoneRuns(directory);
    }

    [Fact]
    public void A_checker_may_say_a_lot()
    {
        using TestDirectory directory = new();
        KillRunResult result = Run(directory, "while true; do echo line; sleep 0.01; done", "yes | head -c 5000000; exit 0", Late);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void What_a_worker_left_behind_dies_with_it()
    {
        Assert.SkipUnless(ProgramPath.Find("setsid") is not null, "Nothing here can start a process group.");
        using TestDirectory directory = new();
        string script = $"(sh -c 'sleep 1000; echo {directory.Path}' &)\nwhile true; do echo line; sleep 0.01; done";
        KillRunResult result = Run(directory, script, "exit 0", Late);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
        ShellScript.AssertNoneRuns(directory);
    }

    [Fact]
    public void What_ran_away_from_its_group_and_holds_the_pipe_is_no_answer()
    {
        Assert.SkipUnless(ProgramPath.Find("setsid") is not null, "Nothing here can start a process group.");
        using TestDirectory directory = new();
        string runaway = directory.Combine("runaway");
        string script = $"setsid sh -c 'echo $$ > {runaway}.part; mv {runaway}.part {runaway}; exec sleep 1000' &\nwhile [ ! -e {runaway} ]; do :; done\nwhile true; do echo line; sleep 0.01; done";
        try
        {
            AssertNoAnswer(Run(directory, script, "exit 0", 3000), "something it started still holds its pipe open");
        }
        finally
        {
            ProcessSignals.Kill(int.Parse(File.ReadAllText(runaway), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData(": > {started}; exec sleep 1000", null)]
    [InlineData("while true; do echo line; sleep 0.01; done", ": > {started}; exec sleep 1000")]
    public async Task A_run_that_is_interrupted_ends_at_once_with_all_it_started_and_convicts_nobody(string script, string? checker)
    {
        using TestDirectory directory = new();
        string started = directory.Combine("started");
        string Fill(string text) => text.Replace("{started}", started, StringComparison.Ordinal);
        KillRunOptions options = Options(directory, Fill(script), checker is null ? null : Fill(checker), Late);
        using CancellationTokenSource interruption = new();
        Task<KillRunResult> running = Task.Run(() => new KillRun(options).Run(interruption.Token), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => File.Exists(started));
        await interruption.CancelAsync();
        AssertNoAnswer(await running.WaitAsync(TimeSpan.FromMilliseconds(Late / 2), TestContext.Current.CancellationToken), "interrupted");
        ShellScript.AssertNoneRuns(directory);
    }

    private static void AssertNoAnswer(KillRunResult result, string why)
    {
        Assert.Equal([], result.Failures);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.Contains(why, result.WhyItCouldNotRun, StringComparison.Ordinal);
        Assert.DoesNotContain(result.WhyItCouldNotRun!, character => char.IsControl(character) && character is not ('\n' or '\t'));
        Assert.DoesNotContain("   at ", result.WhyItCouldNotRun, StringComparison.Ordinal);
    }

    private static KillRunResult Run(TestDirectory directory, string script, string? checker, int answerMs) =>
        new KillRun(Options(directory, script, checker, answerMs)).Run(TestContext.Current.CancellationToken);

    private static KillRunOptions Options(TestDirectory directory, string script, string? checker, int answerMs) => new()
    {
        Worker = ShellScript.Write(directory, "worker.sh", script),
        Checker = checker is null ? null : ShellScript.Write(directory, "checker.sh", checker),
        IsBuiltIn = false,
        Directory = Directory.CreateDirectory(directory.Combine("stores")).FullName,
        Kills = 3,
        Lanes = 1,
        AnswerTime = TimeSpan.FromMilliseconds(answerMs),
    };
}
