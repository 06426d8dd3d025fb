using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Terminals.Model;
using Persistence.CrashKit.Terminals.Output;
using Persistence.CrashKit.Terminals.Work;
using Persistence.Terminals;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals;

/// <summary>The oracle of terminals lets pass what kills may leave, and convicts what was planted.</summary>
public sealed class TerminalOracleTests
{
    private static readonly PaneId ThePane = new(1);

    [Fact]
    public void What_was_answered_and_kept_is_right()
    {
        using TerminalStory story = new();
        story.Rename("a").SetMetadata("b").Write("");
        TerminalJudgement judgement = story.Judge();
        Assert.Equal([], judgement.Discrepancies);
        Assert.Equal(5, judgement.Promised);
        Assert.Equal(5, judgement.Recovered);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void What_was_in_flight_may_be_there_in_its_order_or_not(bool first, bool second)
    {
        using TerminalStory story = new();
        story.Rename("a", isAnswered: false, isKept: first).SetMetadata("b", isAnswered: false, isKept: second);
        Assert.Null(story.FindKind());
    }

    [Fact]
    public void A_change_that_was_answered_and_is_gone_is_lost()
    {
        using TerminalStory story = new();
        story.Rename("a", isKept: false);
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
    }

    [Fact]
    public void A_change_without_the_one_before_it_is_out_of_order()
    {
        using TerminalStory story = new();
        story.Rename("a", isAnswered: false, isKept: false).SetMetadata("b", isAnswered: false, isKept: true);
        Assert.Equal(DiscrepancyKind.OutOfOrder, story.FindKind());
    }

    [Fact]
    public void What_nobody_asked_for_is_a_phantom()
    {
        using TerminalStory story = new();
        story.Keep(TerminalStory.Renaming("nobody's"));
        Assert.Equal(DiscrepancyKind.Phantom, story.FindKind());
    }

    [Fact]
    public void A_session_nobody_created_is_a_phantom()
    {
        using TerminalStory story = new();
        story.Keep(static batch => batch.CreateSession("nobody's"));
        Assert.Equal(DiscrepancyKind.Phantom, story.FindKind());
    }

    [Fact]
    public void What_was_created_in_flight_is_known_by_its_name()
    {
        using TerminalStory story = new();
        story.CreateWindow(7, id: 2, isAnswered: false);
        Assert.Null(story.FindKind());
        Assert.Equal(2, story.Oracle.Facts.Windows.Find(7));
    }

    [Fact]
    public void A_number_that_is_given_out_twice_is_a_phantom()
    {
        using TerminalStory story = new();
        story.Oracle.Send(new CreateRequest("create-window", static _ => { }, static tree => tree.CreateWindow(7, TerminalStory.Session, "k7", null), "window", 7));
        Assert.Equal(DiscrepancyKind.Phantom, story.Hear("""{"window":1}""")?.Kind);
    }

    [Fact]
    public void A_state_that_was_judged_is_what_the_next_is_held_against()
    {
        using TerminalStory story = new();
        story.Rename("a", isAnswered: false, isKept: true).Settle();
        Assert.Null(story.FindKind());
        story.Keep(TerminalStory.Renaming("k1"));
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
    }

    [Fact]
    public void Where_answers_promise_nothing_a_flush_does()
    {
        using TerminalStory story = new(answersPromise: false);
        story.Rename("a", isKept: false);
        Assert.Null(story.FindKind());
        story.Flush();
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
    }

    [Fact]
    public void An_error_with_nothing_wrong_is_a_refusal_and_one_that_has_to_come_is_not()
    {
        using TerminalStory story = new();
        story.Oracle.Send(RequestJson.Change("rename-session", static tree => tree.RenameSession(TerminalStory.Session, "a")));
        Assert.Equal(DiscrepancyKind.Refused, story.Hear("""{"error":"SessionNotFound","message":""}""")?.Kind);
        story.Oracle.Send(RequestJson.Change("rename-window", static tree => tree.RenameWindow(99, "a")));
        Assert.Null(story.Hear("""{"error":"WindowNotFound","message":""}"""));
        story.Oracle.Send(RequestJson.Change("rename-window", static tree => tree.RenameWindow(99, "a")));
        Assert.Equal(DiscrepancyKind.Phantom, story.Hear("{}")?.Kind);
    }

    [Fact]
    public void A_tree_that_is_told_and_was_not_made_is_found()
    {
        using TerminalStory story = new();
        story.Oracle.Send(new ShowTreeRequest());
        Assert.Equal(DiscrepancyKind.Phantom, story.Hear("""{"sessions":[]}""")?.Kind);
    }

    [Fact]
    public void Output_that_was_told_is_there_and_what_follows_goes_on_from_it()
    {
        using TerminalStory story = new();
        story.Type();
        story.Type(new SequencePart(1_000_000_000, 44));
        story.Write("\u001Et1\n\u001Et2\n10000");
        Assert.Null(story.Tell());
        story.Write("00000\n1000000001\n");
        TerminalJudgement judgement = story.Judge();
        Assert.Equal([], judgement.Discrepancies);
        Assert.Equal(TerminalStory.Greeting.Length + 13, judgement.PromisedBytes);
        Assert.Equal(TerminalStory.Greeting.Length + 30, judgement.RecoveredBytes);
    }

    [Fact]
    public void Output_that_was_told_and_is_gone_is_lost()
    {
        using TerminalStory story = new();
        story.Type();
        story.TellMore("\u001Et1\n");
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
    }

    [Fact]
    public void Output_that_is_not_what_was_told_is_lost()
    {
        using TerminalStory story = new();
        story.Type();
        story.Type();
        story.TellMore("\u001Et1\n").Write("\u001Et2\n");
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
    }

    [Theory]
    [InlineData("\u001Et2\n")]
    [InlineData("\u001Et1\n\u001Et1\n")]
    [InlineData("\u001Et1\nx")]
    [InlineData(TerminalStory.Greeting)]
    [InlineData("\u001Eup 101\n")]
    public void Output_that_no_program_writes_there_is_a_phantom(string output)
    {
        using TerminalStory story = new();
        story.Type();
        story.Type();
        story.Write(output);
        Assert.Equal(DiscrepancyKind.Phantom, story.FindKind());
    }

    [Fact]
    public void A_gap_in_what_a_host_tells_is_found()
    {
        using TerminalStory story = new();
        story.Type();
        story.Type();
        story.Write("\u001Et2\n");
        Assert.Equal(DiscrepancyKind.Phantom, story.Tell()?.Kind);
    }

    [Theory]
    [InlineData(3000, 3000, null)]
    [InlineData(3000, 2999, DiscrepancyKind.Lost)]
    [InlineData(12_000, 6000, DiscrepancyKind.Lost)]
    [InlineData(6000, 12_000, DiscrepancyKind.Phantom)]
    public void The_last_lines_that_the_limits_ask_for_are_kept_and_no_more(int lines, int keptLines, DiscrepancyKind? kind)
    {
        const int Bytes = 200_000;
        using TerminalStory story = new(lines: lines, keptLines: keptLines);
        SequencePart numbers = new(1_000_000_000, Bytes);
        story.Type(numbers);
        byte[] output = new byte[Bytes];
        numbers.CopyTo(0, output);
        story.Write("\u001Et1\n" + System.Text.Encoding.Latin1.GetString(output));
        Assert.Equal(kind, story.FindKind());
    }

    [Fact]
    public void Output_of_which_nothing_was_told_and_the_front_is_dropped_is_right_to_the_byte()
    {
        const int Bytes = 300_000;
        using TerminalStory story = new(lines: 100);
        SequencePart numbers = new(1_000_000_000, Bytes);
        story.Type(numbers);
        byte[] output = new byte[Bytes];
        numbers.CopyTo(0, output);
        output[^5] ^= 1;
        story.Write("\u001Et1\n" + System.Text.Encoding.Latin1.GetString(output));
        Assert.Equal(DiscrepancyKind.Phantom, story.FindKind());
    }

    [Fact]
    public void A_program_that_was_told_to_end_may_have_and_with_that_code()
    {
        using TerminalStory story = new();
        story.Type(new ShellCommand("", [new LiteralPart("\u001Et1\n")]) { ExitCode = 7 });
        Assert.Null(story.FindKind());
        story.Write("\u001Et1\n");
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Exited(7, 0, TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Null(story.FindKind());
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Exited(8, 0, TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Equal(DiscrepancyKind.OutOfOrder, story.FindKind());
    }

    [Fact]
    public void A_program_that_has_ended_has_written_all_before()
    {
        using TerminalStory story = new();
        story.Type(new ShellCommand("", [new LiteralPart("\u001Et1\n")]) { ExitCode = 7 });
        story.Write("\u001Et1");
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Exited(7, 0, TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
        story.Write("\n");
        Assert.Null(story.FindKind());
    }

    [Theory]
    [InlineData(137, 9, null)]
    [InlineData(137, 0, DiscrepancyKind.OutOfOrder)]
    [InlineData(137, 15, DiscrepancyKind.OutOfOrder)]
    public void A_program_that_was_killed_ended_by_that_signal(int code, int signal, DiscrepancyKind? kind)
    {
        using TerminalStory story = new();
        story.PaneOracle.Killed();
        story.Keep(batch => batch.SetPaneState(ThePane, PaneState.Exited(code, signal, TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Equal(kind, story.FindKind());
    }

    [Fact]
    public void What_has_begun_once_began_then()
    {
        using TerminalStory story = new();
        Assert.Null(story.FindKind());
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Running(TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Equal(DiscrepancyKind.Phantom, story.FindKind());
    }

    [Fact]
    public void A_program_that_nobody_told_to_end_runs_and_is_the_same()
    {
        using TerminalStory story = new();
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Running(TerminalStory.ProcessOf(TerminalStory.Process + 1))));
        Assert.Equal(DiscrepancyKind.OutOfOrder, story.FindKind());
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Exited(0, 0, TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Equal(DiscrepancyKind.OutOfOrder, story.FindKind());
    }

    [Fact]
    public void Only_a_host_that_closes_lets_go_of_what_runs_and_then_of_all()
    {
        using TerminalStory story = new();
        Assert.Equal(DiscrepancyKind.OutOfOrder, story.FindKind(HostEnd.Closed));
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Detached(TerminalStory.ProcessOf(TerminalStory.Process))));
        Assert.Null(story.FindKind(HostEnd.Closed));
        Assert.Null(story.FindKind(HostEnd.KilledWhileClosing));
        Assert.Equal(DiscrepancyKind.OutOfOrder, story.FindKind());
    }

    [Fact]
    public void A_program_that_was_being_started_may_run_and_its_output_begins_with_it()
    {
        using TerminalStory story = new();
        story.Oracle.Send(new RestartRequest(1, story.PaneOracle));
        Assert.Null(story.FindKind());
        story.Keep(static batch => batch.SetPaneState(ThePane, PaneState.Running(TerminalStory.ProcessOf(200))));
        story.Write("\u001Eup 200\n");
        Assert.Null(story.FindKind());
    }

    [Theory]
    [InlineData("", false, null)]
    [InlineData("first", false, null)]
    [InlineData("first", true, null)]
    [InlineData("second", true, null)]
    [InlineData("", true, DiscrepancyKind.OutOfOrder)]
    [InlineData("third", true, DiscrepancyKind.OutOfOrder)]
    public void A_title_is_there_with_the_output_that_says_it(string found, bool isSaid, DiscrepancyKind? kind)
    {
        using TerminalStory story = new(saysTitles: true);
        ShellCommand first = story.Type(new ShellCommand("", [new LiteralPart("\u001Et1\n"), new LiteralPart("\u001B]2;first\u0007")]) { Title = "first" });
        story.Type(new ShellCommand("", [new LiteralPart("\u001Et2\n"), new LiteralPart("\u001B]2;second\u0007")]) { Title = "second" });
        Assert.NotNull(first.Title);
        if (isSaid)
            story.Write("\u001Et1\n\u001B]2;first\u0007");
        if (found.Length > 0)
            story.Keep(batch => batch.SetPaneTitle(ThePane, found));
        Assert.Equal(kind, story.FindKind());
    }

    [Fact]
    public void A_program_is_only_where_it_was_told_to_go()
    {
        using TerminalStory story = new();
        story.Keep(static batch => batch.SetPaneWorkingDirectory(ThePane, "/tmp"));
        Assert.Null(story.FindKind());
        story.Keep(static batch => batch.SetPaneWorkingDirectory(ThePane, "/nowhere"));
        Assert.Equal(DiscrepancyKind.Phantom, story.FindKind());
    }

    [Theory]
    [InlineData(null, DiscrepancyKind.Lost)]
    [InlineData("/tmp", DiscrepancyKind.Lost)]
    [InlineData("/first", null)]
    [InlineData("/second", null)]
    public void Where_a_program_was_told_to_be_seen_it_was_or_went_on_from_there(string? found, DiscrepancyKind? kind)
    {
        using TerminalStory story = new();
        story.Type(new ShellCommand("", [new LiteralPart("\u001Et1\n")]) { Directory = "/first" });
        story.Type(new ShellCommand("", [new LiteralPart("\u001Et2\n")]) { Directory = "/second" });
        story.PaneOracle.HearDirectory("/first");
        Assert.False(story.PaneOracle.IsKnownToBeThere);
        story.Rename("a");
        if (found is not null)
            story.Keep(batch => batch.SetPaneWorkingDirectory(ThePane, found));
        Assert.Equal(kind, story.FindKind());
        story.PaneOracle.HearDirectory("/second");
        Assert.True(story.PaneOracle.IsKnownToBeThere);
    }

    [Fact]
    public void What_was_told_and_not_promised_of_where_a_program_is_may_be_gone()
    {
        using TerminalStory story = new(answersPromise: false);
        story.Type(new ShellCommand("", [new LiteralPart("\u001Et1\n")]) { Directory = "/first" });
        story.PaneOracle.HearDirectory("/first");
        Assert.Null(story.FindKind());
        story.Flush();
        Assert.Equal(DiscrepancyKind.Lost, story.FindKind());
    }
}
