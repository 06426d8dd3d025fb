namespace Persistence.CrashKit.Protocol;

/// <summary>
/// <c>{"dump":{"items":[["k","v"],…],"records":["r",…]}}</c>: a part of what the store holds; the last part has <c>"end":true</c>.
/// </summary>
/// <param name="Items">Keys and values.</param>
/// <param name="Records">Application records in log order.</param>
/// <param name="IsEnd">Whether this is the last part.</param>
public sealed record DumpMessage(IReadOnlyList<KeyValuePair<string, string>> Items, IReadOnlyList<string> Records, bool IsEnd) : WorkerMessage
{
    private const int OverheadPerText = 8;

    /// <summary>About how much it is, in characters.</summary>
    internal long Size => Items.Sum(item => item.Key.Length + item.Value.Length + (2L * OverheadPerText)) + Records.Sum(record => record.Length + (long)OverheadPerText);
}
