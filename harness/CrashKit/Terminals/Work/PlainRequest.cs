using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request that changes nothing.</summary>
/// <param name="name">Its name.</param>
/// <param name="isPlain">Whether the answer says nothing but that it is done.</param>
/// <param name="whenAnswered">What its answer means, or null.</param>
internal sealed class PlainRequest(string name, bool isPlain, Action<TerminalOracle, TreeModel>? whenAnswered = null) : HostRequest(name)
{
    public override bool IsPlain => isPlain;

    /// <summary>What was answered before is durable on the answer.</summary>
    public static PlainRequest Flush() => new("flush", isPlain: true, static (oracle, after) => oracle.Promise(after));

    public override string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after)
    {
        whenAnswered?.Invoke(oracle, after);
        return null;
    }
}
