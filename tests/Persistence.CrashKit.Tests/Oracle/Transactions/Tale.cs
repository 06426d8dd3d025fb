using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>
/// A history told by hand. Operations are words: <c>x+1</c> appends 1 to x, <c>x=1,2</c> reads x as [1, 2], <c>x=</c> as empty, <c>x*</c> alone
/// reads everything that begins with x as empty, and <c>x*:xa=1,2:xb=3</c> as said.
/// </summary>
internal sealed class Tale
{
    private readonly TransactionHistory _history = new();

    public Tale(string? recovered = "") => Life(recovered);

    /// <summary>The process starts again, with a state such as <c>x=1,2 y=3</c>; null where nobody looked.</summary>
    public Tale Life(string? recovered)
    {
        _history.BeginLife(recovered is null ? null : Lists(recovered.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return this;
    }

    public Tale Commit(long id, long begin, long end, string operations) => Add(id, begin, end, TransactionOutcome.Committed, operations);

    public Tale Abort(long id, long begin, long end, string operations) => Add(id, begin, end, TransactionOutcome.Aborted, operations);

    public Tale Unknown(long id, long begin, string operations) => Add(id, begin, 0, TransactionOutcome.Unknown, operations);

    public TransactionVerdict Judge(IsolationLevel level = IsolationLevel.StrictSerializable) => TransactionChecker.Check(_history, level);

    public AnomalyKind[] Kinds(IsolationLevel level = IsolationLevel.StrictSerializable) => [.. Judge(level).Counts.Keys];

    private Tale Add(long id, long begin, long end, TransactionOutcome outcome, string operations)
    {
        _history.Add(new ObservedTransaction(id, (int)id, outcome, [.. Parse(operations)]) { BeginAt = begin, EndAt = end });
        return this;
    }

    public static IEnumerable<TransactionOperation> Parse(string operations) => operations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseOne);

    private static TransactionOperation ParseOne(string word)
    {
        int star = word.IndexOf('*', StringComparison.Ordinal);
        if (star >= 0)
            return new PrefixRead(word[..star], Lists(word[(star + 1)..].Split(':', StringSplitOptions.RemoveEmptyEntries)));
        int plus = word.IndexOf('+', StringComparison.Ordinal);
        return plus >= 0 ? new ListAppend(word[..plus], long.Parse(word[(plus + 1)..])) : new ListRead(word[..word.IndexOf('=', StringComparison.Ordinal)], Values(word));
    }

    private static Dictionary<string, ImmutableArray<long>> Lists(IEnumerable<string> words) =>
        words.ToDictionary(word => word[..word.IndexOf('=', StringComparison.Ordinal)], Values);

    private static ImmutableArray<long> Values(string word) =>
        [.. word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
}
