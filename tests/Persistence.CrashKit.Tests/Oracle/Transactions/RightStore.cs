using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>
/// A store in memory that is right at one level, its clients, and its crashes. Several clients run beside each other, step by step in random order. For the serializable
/// levels a transaction is carried out in one step somewhere between its begin and its end; where the order in time is not promised, one that only reads may see an
/// older state of its life. For snapshot isolation it reads at its begin, and of two that append to one key beside each other the second fails.
/// </summary>
internal sealed class RightStore
{
    private readonly Random _random;
    private readonly IsolationLevel _level;
    private readonly TransactionStory _story = new();
    private readonly List<Running> _running = [];
    private readonly List<ImmutableDictionary<string, ImmutableList<long>>> _statesOfLife = [];
    private readonly int _keyCount;
    private readonly int _clientCount;
    private ImmutableDictionary<string, ImmutableList<long>> _lists = ImmutableDictionary<string, ImmutableList<long>>.Empty;
    private long _place;
    private long _value;
    private long _id;

    private RightStore(Random random, IsolationLevel level)
    {
        _random = random;
        _level = level;
        _keyCount = random.Next(1, 6);
        _clientCount = random.Next(1, 7);
    }

    /// <param name="random">Where the choices come from.</param>
    /// <param name="level">What it promises.</param>
    /// <param name="lifeCount">How often it is started; the last time only to look at what is there.</param>
    /// <param name="transactionsOfALife">How many are begun in each.</param>
    public static TransactionStory Tell(Random random, IsolationLevel level, int lifeCount, int transactionsOfALife)
    {
        RightStore store = new(random, level);
        for (int life = 0; life < lifeCount; life++)
            store.Live(life == lifeCount - 1 ? 0 : transactionsOfALife);
        return store._story;
    }

    private void Live(int transactions)
    {
        StoryLife life = new() { BeginAt = ++_place };
        foreach ((string key, ImmutableList<long> list) in _lists)
            life.Recovered[key] = [.. list];
        _story.Lives.Add(life);
        _statesOfLife.Clear();
        _statesOfLife.Add(_lists);
        while (transactions > 0 || (_running.Count > 0 && _random.Next(8) != 0))
        {
            if (transactions > 0 && _running.Count < _clientCount && _random.Next(2) == 0)
            {
                transactions--;
                Begin(life);
            }
            else if (_running.Count > 0)
            {
                GoOn(_running[_random.Next(_running.Count)]);
            }
        }

        _running.Clear();
        life.EndAt = ++_place;
    }

    private void Begin(StoryLife life)
    {
        StoryTransaction transaction = new(++_id, _random.Next(_clientCount)) { BeginAt = ++_place };
        life.Transactions.Add(transaction);
        _running.Add(new Running(transaction, _lists));
    }

    private void GoOn(Running running)
    {
        StoryTransaction transaction = running.Transaction;
        if (!running.IsDone)
        {
            CarryOut(running);
            running.IsDone = true;
            return;
        }

        // Now and then a client does not hear how it ended.
        _running.Remove(running);
        if (_random.Next(15) == 0)
            return;
        transaction.EndAt = ++_place;
        transaction.Outcome = transaction.Happened ? TransactionOutcome.Committed : TransactionOutcome.Aborted;
    }

    private void CarryOut(Running running)
    {
        StoryTransaction transaction = running.Transaction;
        bool isReader = _random.Next(4) == 0;
        ImmutableDictionary<string, ImmutableList<long>> began =
            _level == IsolationLevel.SnapshotIsolation ? running.Begin
            : _level == IsolationLevel.Serializable && isReader ? _statesOfLife[_random.Next(_statesOfLife.Count)]
            : _lists;
        ImmutableDictionary<string, ImmutableList<long>> seen = began;
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            string key = $"k{_random.Next(_keyCount)}";
            if (isReader || _random.Next(2) == 0)
            {
                transaction.Operations.Add(_random.Next(10) == 0
                    ? new PrefixRead("k", seen.ToDictionary(list => list.Key, list => list.Value.ToImmutableArray()))
                    : new ListRead(key, [.. seen.GetValueOrDefault(key, [])]));
            }
            else
            {
                transaction.Operations.Add(new ListAppend(key, ++_value));
                seen = Append(seen, key, _value);
            }
        }

        bool isBeaten = transaction.Appends.Any(append => !ReferenceEquals(began.GetValueOrDefault(append.Key), _lists.GetValueOrDefault(append.Key)));
        if (isBeaten || _random.Next(10) == 0)
            return;
        transaction.Happened = true;
        foreach (ListAppend append in transaction.Appends)
            _lists = Append(_lists, append.Key, append.Value);
        _statesOfLife.Add(_lists);
    }

    private static ImmutableDictionary<string, ImmutableList<long>> Append(ImmutableDictionary<string, ImmutableList<long>> lists, string key, long value) =>
        lists.SetItem(key, lists.GetValueOrDefault(key, []).Add(value));

    private sealed class Running(StoryTransaction transaction, ImmutableDictionary<string, ImmutableList<long>> begin)
    {
        public StoryTransaction Transaction { get; } = transaction;

        public ImmutableDictionary<string, ImmutableList<long>> Begin { get; } = begin;

        public bool IsDone { get; set; }
    }
}
