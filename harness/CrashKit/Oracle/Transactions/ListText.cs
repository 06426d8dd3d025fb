namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Lists in messages: long ones by their ends, where the news is.</summary>
internal static class ListText
{
    private const int ShownMax = 8;

    public static string Show(ReadOnlySpan<long> values)
    {
        if (values.Length <= ShownMax)
            return $"[{string.Join(", ", values.ToArray())}]";
        return $"[{values.Length - ShownMax} more, {string.Join(", ", values[^ShownMax..].ToArray())}]";
    }
}
