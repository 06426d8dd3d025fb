using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Output;
using Persistence.CrashKit.Terminals.Runs;
using Persistence.CrashKit.Terminals.Work;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals;

/// <summary>Every program that was started again has to answer, and is not forgotten.</summary>
public sealed class AnswerJudgeTests
{
    private const string Greeting = "\u001Eup 200\n";
    private const string Answer = "\u001Et1\n";

    [Fact]
    public void A_program_has_answered_when_the_host_tells_the_line_it_was_to_write()
    {
        using TerminalStory story = Restarted(out AnswerJudge judge);
        story.Write(Greeting);
        story.Tell();
        Assert.Equal([story.PaneOracle], judge.NextToAsk);
        judge.NoteAsked(story.PaneOracle, story.Type());
        Assert.Empty(judge.NextToAsk);
        story.Write(Answer);
        Assert.False(judge.HaveAllAnswered);
        story.Tell();
        Assert.True(judge.HaveAllAnswered);
        Assert.Null(judge.FindSilent());
    }

    [Fact]
    public void A_program_is_not_asked_before_it_has_said_its_first_word_and_has_to_say_it()
    {
        using TerminalStory story = Restarted(out AnswerJudge judge);
        Assert.Empty(judge.NextToAsk);
        Assert.False(judge.HaveAllAnswered);
        Assert.Contains("first word", judge.FindSilent()?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_word_is_no_answer_and_neither_is_half_of_one()
    {
        using TerminalStory story = Restarted(out AnswerJudge judge);
        story.Write(Greeting);
        story.Tell();
        judge.NoteAsked(story.PaneOracle, story.Type());
        story.Write(Answer[..^1]);
        Assert.Null(story.Tell());
        Assert.False(judge.HaveAllAnswered);
        Assert.NotNull(judge.FindSilent());
    }

    [Fact]
    public void The_token_alone_is_no_answer_when_more_was_asked()
    {
        using TerminalStory story = Restarted(out AnswerJudge judge);
        story.Write(Greeting);
        story.Tell();
        judge.NoteAsked(story.PaneOracle, story.Type(new LiteralPart("24 80\n")));
        story.Write(Answer);
        story.Tell();
        Assert.False(judge.HaveAllAnswered);
        story.Write("24 80\n");
        story.Tell();
        Assert.True(judge.HaveAllAnswered);
    }

    [Fact]
    public void One_that_is_silent_among_others_is_named()
    {
        using TerminalStory story = Restarted(out AnswerJudge judge);
        PaneOracle silent = new(7, new PaneSpecification { Token = "k7", Directory = "/tmp", Lines = 0, Bytes = 1 << 30 }, saysTitles: false);
        silent.Started(300, byRestoreCommand: false);
        judge.NoteStart(2, silent);
        story.Write(Greeting);
        story.Tell();
        judge.NoteAsked(story.PaneOracle, story.Type());
        story.Write(Answer);
        story.Tell();
        Assert.Equal((2, 1), (judge.Started, judge.Answered));
        Assert.Contains("1 of 2 programs that were started again answer nothing: pane 2 ", judge.FindSilent()?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_host_starts_with_none()
    {
        using TerminalStory story = Restarted(out AnswerJudge judge);
        judge.Begin();
        Assert.Equal(0, judge.Started);
        Assert.Null(judge.FindSilent());
    }

    [Theory]
    [InlineData(20, 16, 4, 9, false)]
    [InlineData(20, 16, 3, 9, true)]
    [InlineData(20, 16, 4, 4, true)]
    public void A_run_in_which_programs_did_not_have_to_answer_is_vacuous(int respawned, int answered, int killed, int hosts, bool isVacuous)
    {
        TerminalRunResult result = Result(respawned, answered, killed, hosts);
        Assert.Equal(isVacuous, result.VacuousBecause.Any(static reason => reason.Contains("had to answer", StringComparison.Ordinal) || reason.Contains("have to answer", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_summary_says_of_each_program_that_was_started_again_what_became_of_it()
    {
        Assert.Contains("panes respawned: 20 (16 answered an echo, 4 had their host killed before it took requests)", TerminalLine.Final(Result(20, 16, 4, 9)), StringComparison.Ordinal);
        Assert.Contains("panes respawned: 20 (15 answered an echo, 4 had their host killed before it took requests, 1 not answered yet)", TerminalLine.Progress(Result(20, 15, 4, 9)), StringComparison.Ordinal);
    }

    /// <summary>The story goes on with another host, which has started another program in the pane: process 200.</summary>
    private static TerminalStory Restarted(out AnswerJudge judge)
    {
        TerminalStory story = new();
        story.Settle();
        story.Oracle.BeginHost();
        story.PaneOracle.Started(200, byRestoreCommand: false);
        judge = new AnswerJudge();
        judge.NoteStart(1, story.PaneOracle);
        return story;
    }

    private static TerminalRunResult Result(int respawned, int answered, int killed, int hosts)
    {
        TerminalFigures figures = new();
        figures.Add(nameof(TerminalRunResult.PanesRespawned), respawned);
        figures.Add(nameof(TerminalRunResult.Answers), answered);
        figures.Add(nameof(TerminalRunResult.PanesKilledUnasked), killed);
        figures.Add(nameof(TerminalRunResult.HostsAnswered), hosts);
        for (int i = 0; i < 10; i++)
            figures.Run.AddKill(wasSignal: true, wasRunning: true, operationsInFlight: 1);
        KillRunOptions run = new() { Worker = null!, IsBuiltIn = false, Directory = "", Seed = 1, Workload = TerminalRunOptions.Workload };
        return figures.ToResult(new TerminalRunOptions { Run = run }, TimeSpan.FromSeconds(1));
    }
}
