using System.Globalization;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>
/// Whether each program that one host started again answers: it says its first word, then a token of its own is typed into it, and the host tells, as durable as it promises, of the line that the program writes
/// of that token and of all that it was asked, at its place in the pane's output.
/// </summary>
internal sealed class AnswerJudge
{
    // By the host's number of the pane; what was typed into it, once it was.
    private readonly SortedDictionary<long, (PaneOracle Pane, ShellCommand? Asked)> _programs = [];

    /// <summary>Programs that were started again.</summary>
    public int Started => _programs.Count;

    /// <summary>Those of them that have answered.</summary>
    public int Answered => _programs.Values.Count(HasAnswered);

    /// <summary>Whether all have answered.</summary>
    public bool HaveAllAnswered => Answered == Started;

    /// <summary>Those that take input and were told nothing yet.</summary>
    public IReadOnlyList<PaneOracle> NextToAsk => [.. _programs.Values.Where(static one => one.Asked is null && one.Pane.IsReady).Select(static one => one.Pane)];

    /// <summary>A host is started: none of its programs yet.</summary>
    public void Begin() => _programs.Clear();

    /// <summary>The host has started a pane's program again.</summary>
    /// <param name="id">The host's number of the pane.</param>
    /// <param name="pane">The pane.</param>
    public void NoteStart(long id, PaneOracle pane) => _programs.Add(id, (pane, null));

    /// <summary>A command was typed into a pane, whose first line is the token and whose last part is the answer.</summary>
    public void NoteAsked(PaneOracle pane, ShellCommand command)
    {
        long id = _programs.First(one => one.Value.Pane == pane).Key;
        _programs[id] = (pane, command);
    }

    /// <summary>What is wrong when there is no time left for answers; null when all have answered.</summary>
    public Discrepancy? FindSilent()
    {
        string[] silent = [.. _programs.Where(static one => !HasAnswered(one.Value)).Select(static one => Describe(one.Key, one.Value))];
        return silent.Length == 0 ? null : new Discrepancy(DiscrepancyKind.Refused, $"{silent.Length} of {Started} programs that were started again answer nothing: {string.Join(", ", silent)}");
    }

    private static bool HasAnswered((PaneOracle Pane, ShellCommand? Asked) one) => one.Asked is not null && one.Pane.Output.HasSeen(one.Asked.Parts[^1]);

    private static string Describe(long id, (PaneOracle Pane, ShellCommand? Asked) one) =>
        string.Create(CultureInfo.InvariantCulture, $"pane {id} ({(one.Asked is null ? "has not said its first word" : $"was told {one.Asked.Text}")}, known up to {one.Pane.Output.Known})");
}
