using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;
using Persistence.CrashKit.Protocol;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.Transactions;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// One client whose transactions append to a few lists and read them, and says what it does and sees. Whether the transactions were kept apart and whole can be told from
/// that alone.
/// </summary>
internal sealed class ListClient : IWriterThread
{
    private const int ListsAtOnce = 4;
    private const int TransactionsPerSet = 20;
    private const int StepsMax = 4;
    private const long ClientValues = 1_000_000;
    private const long EpochValues = 100 * ClientValues;

    private readonly StoreSession _session;
    private readonly WorkerChannel _channel;
    private readonly Random _random;
    private readonly int _epoch;
    private readonly int _client;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _count;
    private long _values;

    /// <param name="session">The store.</param>
    /// <param name="channel">Who is told.</param>
    /// <param name="random">Where its choices come from.</param>
    /// <param name="epoch">Which start of the store this is.</param>
    /// <param name="client">Who it is.</param>
    public ListClient(StoreSession session, WorkerChannel channel, Random random, int epoch, int client)
    {
        _session = session;
        _channel = channel;
        _random = random;
        _epoch = epoch;
        _client = client;
        _thread = new Thread(Run) { IsBackground = true, Name = "lists" };
    }

    public void Start() => _thread.Start();

    public void BeginStop() => _stopping = true;

    public void Join() => _thread.Join();

    private void Run()
    {
        try
        {
            while (!_stopping)
                RunOne();
        }
        catch (StoreException e)
        {
            _channel.Error($"A transaction failed: {e.Error}: {e.Message}");
        }
    }

    private void RunOne()
    {
        long number = (++_count * 100) + _client;
        Say(number, TransactionStage.Begin);
        using Transaction transaction = _session.Store.BeginTransaction();
        List<TransactionOperation> done = [];
        for (int steps = _random.Next(1, StepsMax + 1); steps > 0; steps--)
            done.Add(Step(transaction));
        Say(number, TransactionStage.Commit, done);
        try
        {
            transaction.Commit();
        }
        catch (StoreException e) when (e.Error == StoreError.TransactionAborted)
        {
            Say(number, TransactionStage.Aborted);
            return;
        }

        Say(number, TransactionStage.Committed);
    }

    private TransactionOperation Step(Transaction transaction)
    {
        // A few lists, so that clients meet, and others after a while, so that they stay short.
        string key = Lists.Key(_epoch, (int)(_count / TransactionsPerSet * ListsAtOnce) + _random.Next(ListsAtOnce));
        if (_random.Next(2) == 0)
            return new ListRead(key, Read(transaction, key));
        if (_random.Next(4) == 0)
            AppendAndUndo(transaction, key);
        using Transaction inner = transaction.Begin();
        ListAppend append = Append(inner, key);
        inner.Commit();
        return append;
    }

    private void AppendAndUndo(Transaction transaction, string key)
    {
        using Transaction undone = transaction.Begin();
        Append(undone, key);
        undone.Rollback();
    }

    private ListAppend Append(Transaction transaction, string key)
    {
        long value = (_epoch * EpochValues) + (_client * ClientValues) + ++_values;
        _session.KeyValue.In(transaction).Set(key, ValueText.Encode(Lists.Write(Read(transaction, key).Add(value))));
        return new ListAppend(key, value);
    }

    private ImmutableArray<long> Read(Transaction transaction, string key) =>
        _session.KeyValue.In(transaction).Find(key) is KeyValueItem item ? Lists.Read(ValueText.Decode(item.Value.Span)) : [];

    private void Say(long number, TransactionStage stage, IReadOnlyList<TransactionOperation>? operations = null) =>
        _channel.Transaction(new TransactionMessage(number, _client, stage, operations ?? []));
}
