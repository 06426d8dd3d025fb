using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request that creates something: the host gives it a number, which was never used before.</summary>
/// <param name="name">Its name.</param>
/// <param name="write">Writes its fields.</param>
/// <param name="change">What it does.</param>
/// <param name="kind">What is created: session, window or pane.</param>
/// <param name="key">The harness' number of it.</param>
internal class CreateRequest(string name, Action<Utf8JsonWriter> write, Func<TreeModel, TreeModel> change, string kind, int key) : TreeRequest(name, write, change)
{
    public int Key => key;

    /// <summary>Session, window or pane.</summary>
    public string Kind => kind;

    public override bool IsPlain => false;

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        long id = answer.GetProperty(kind).GetInt64();
        return oracle.NumbersOf(kind).TryLearn(key, id) ? null : $"the new {kind} has the number {id}, which was used before";
    }
}
