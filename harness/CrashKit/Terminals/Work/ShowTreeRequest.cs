using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Asks for the tree: it must be the one that the requests before it have made.</summary>
internal sealed class ShowTreeRequest() : HostRequest("tree")
{
    public override bool IsPlain => false;

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        FactSheet expected = oracle.Facts.Of(after);
        FactSheet told = AnswerFacts.Of(answer, id => oracle.FindPane(id) is not { SaysTitles: true });
        if (!told.Agrees(expected))
            return $"the tree it tells is not the one that was made: {string.Join("; ", told.FindDifferences(expected))}";
        return PanesOf(answer).Select(pane => HearState(oracle, pane)).FirstOrDefault(static wrong => wrong is not null);
    }

    private static IEnumerable<JsonElement> PanesOf(JsonElement answer) =>
        from session in answer.GetProperty("sessions").EnumerateArray()
        from window in session.GetProperty("windows").EnumerateArray()
        from pane in window.GetProperty("panes").EnumerateArray()
        select pane;

    private static string? HearState(TerminalOracle oracle, JsonElement told)
    {
        long id = told.GetProperty("pane").GetInt64();
        ProgramState state = new(Enum.Parse<PaneStatus>(told.GetProperty("status").GetString()!), Number(told, "exit_code"), Number(told, "pid"), told.GetProperty("signal").GetInt32());
        oracle.FindPane(id)?.HearDirectory(told.GetProperty("working_directory").GetString());
        return oracle.FindPane(id)?.HearState(state) is string wrong ? $"pane {id}: {wrong}" : null;
    }

    private static int? Number(JsonElement told, string name) => told.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
}
