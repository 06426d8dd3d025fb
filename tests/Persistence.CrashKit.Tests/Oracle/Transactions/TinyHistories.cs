using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>
/// Makes small histories, some possible and some not: two to four transactions on one or two keys in one or two lives. They are carried out in some
/// order on plain lists, but what they see is now and then one value short or ahead, and sometimes plain wrong.
/// </summary>
/// <param name="random">Where the choices come from.</param>
/// <param name="isSubtle">Whether the lists themselves are right, so that only orders can be wrong; then there are four or five transactions.</param>
internal sealed class TinyHistories(Random random, bool isSubtle = false)
{
    private static readonly string[] KeyNames = ["x", "y"];

    private readonly Dictionary<string, List<long>> _lists = [];
    private string[] _keys = KeyNames;
    private int _keyCount;
    private long _value;

    /// <param name="isClosed">Whether the state is read at the end.</param>
    public TransactionHistory Next(bool isClosed)
    {
        _keyCount = !isSubtle && random.Next(4) == 0 ? 1 : 2;
        _keys = KeyNames[.._keyCount];
        _value = 0;
        _lists.Clear();
        foreach (string key in _keys)
            _lists[key] = [];
        TransactionHistory history = new();
        history.BeginLife(random.Next(2) == 0 ? null : ImmutableDictionary<string, ImmutableArray<long>>.Empty);
        int count = isSubtle ? random.Next(4, 6) : random.Next(2, 5);
        int crashBefore = random.Next(3) == 0 ? random.Next(1, count) : count;
        for (int i = 0; i < count; i++)
        {
            if (i == crashBefore)
                history.BeginLife(random.Next(6) == 0 ? null : Recovered());
            history.Add(Run(i));
        }

        if (isClosed)
            history.BeginLife(Recovered());
        return history;
    }

    private ObservedTransaction Run(int number)
    {
        // Two thirds run beside the one before or after.
        long begin = (number * 10) - (random.Next(3) * 6);
        TransactionOutcome outcome = random.Next(isSubtle ? 32 : 8) switch { 0 => TransactionOutcome.Aborted, 1 or 2 => TransactionOutcome.Unknown, _ => TransactionOutcome.Committed };
        bool happens = outcome switch
        {
            TransactionOutcome.Committed => true,
            TransactionOutcome.Unknown => random.Next(5) < 3,
            _ => !isSubtle && random.Next(5) == 0,
        };
        Dictionary<string, int> seen = _keys.ToDictionary(key => key, Near);
        Dictionary<string, List<long>> own = _keys.ToDictionary(key => key, _ => new List<long>());
        List<TransactionOperation> operations = [];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            string key = _keys[random.Next(_keyCount)];
            if (random.Next(2) == 0)
            {
                own[key].Add(++_value);
                operations.Add(new ListAppend(key, _value));
            }
            else if (random.Next(8) == 0)
            {
                operations.Add(new PrefixRead("", _keys.ToDictionary(name => name, name => See(name, seen, own))));
            }
            else
            {
                operations.Add(new ListRead(key, See(key, seen, own)));
            }
        }

        foreach (string key in happens ? _keys : [])
            Apply(key, own[key]);
        return new ObservedTransaction(number + 1, number, outcome, operations) { BeginAt = begin, EndAt = (number * 10) + (random.Next(3) * 6) };
    }

    private int Near(string key) => Math.Clamp(_lists[key].Count + random.Next(isSubtle ? 4 : 6) switch { 0 => -1, 1 => 1, _ => 0 }, 0, _lists[key].Count);

    /// <summary>Now and then something comes in before the last value, or in part, or not at all.</summary>
    private void Apply(string key, List<long> own)
    {
        List<long> list = _lists[key];
        switch (isSubtle ? -1 : random.Next(14))
        {
            case 0 when list.Count > 0:
                list.InsertRange(list.Count - 1, own);
                break;
            case 1:
                list.AddRange(own.Skip(1));
                break;
            case 2 when random.Next(2) == 0:
                list.AddRange(Enumerable.Reverse(own));
                break;
            default:
                list.AddRange(own);
                break;
        }
    }

    private ImmutableArray<long> See(string key, Dictionary<string, int> seen, Dictionary<string, List<long>> own)
    {
        if (!isSubtle && random.Next(12) == 0)
            seen[key] = Near(key);
        List<long> list = [.. _lists[key].Take(seen[key])];
        if (isSubtle || random.Next(15) != 0)
            list.AddRange(own[key]);
        return Disturb(list);
    }

    private Dictionary<string, ImmutableArray<long>> Recovered() => _keys.Where(key => _lists[key].Count > 0).ToDictionary(key => key, key => Disturb(_lists[key]));

    private ImmutableArray<long> Disturb(List<long> right)
    {
        List<long> list = [.. right];
        switch (isSubtle ? -1 : random.Next(50))
        {
            case 0 when list.Count > 0:
                list.RemoveAt(random.Next(list.Count));
                break;
            case 1 when list.Count > 1:
                list.Reverse(list.Count - 2, 2);
                break;
            case 2 when list.Count > 0:
                list.Add(list[random.Next(list.Count)]);
                break;
            case 3:
                list.Insert(random.Next(list.Count + 1), random.Next(1, 6));
                break;
            case 4:
                list.Add(99);
                break;
        }

        return [.. list];
    }
}
