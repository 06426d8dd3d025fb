using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Oracle.Transactions;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Runs;

/// <summary>What the clients of one store did to lists, life after life, in the order of the pipe.</summary>
/// <param name="acknowledgementPromises">Whether what was acknowledged has to last; else it may be gone after a kill.</param>
internal sealed class ListHistory(bool acknowledgementPromises)
{
    private readonly TransactionHistory _history = new();
    private readonly Dictionary<long, Pending> _pending = [];
    private long _place;
    private int _life;

    /// <summary>Takes the next message.</summary>
    /// <exception cref="ProtocolException">It contradicts what was said before.</exception>
    public void Add(TransactionMessage message)
    {
        _place++;
        if (message.Stage == TransactionStage.Begin)
        {
            if (!_pending.TryAdd(message.Number, new Pending(message.Client, _place, [])))
                throw new ProtocolException($"Transaction {message.Number} began twice.");
            return;
        }

        if (!_pending.TryGetValue(message.Number, out Pending? pending))
            throw new ProtocolException($"Transaction {message.Number} never began.");
        if (message.Stage == TransactionStage.Commit)
        {
            _pending[message.Number] = pending with { Operations = message.Operations };
            return;
        }

        _pending.Remove(message.Number);
        Add(message.Number, pending, message.Stage == TransactionStage.Aborted ? TransactionOutcome.Aborted
            : acknowledgementPromises ? TransactionOutcome.Committed : TransactionOutcome.Unknown);
    }

    /// <summary>The store was opened again, and shows this: the life before is over.</summary>
    /// <returns>What is wrong with all that was seen so far, and how much that was.</returns>
    public TransactionVerdict BeginLife(Observation observed)
    {
        foreach ((long number, Pending pending) in _pending)
            Add(number, pending, TransactionOutcome.Unknown);
        _pending.Clear();
        _life++;
        _history.BeginLife(observed.Items.Where(item => Lists.IsList(item.Key)).ToDictionary(item => item.Key, item => Lists.Read(item.Value)));
        return TransactionChecker.Check(_history);
    }

    private void Add(long number, Pending pending, TransactionOutcome outcome)
    {
        // Numbers begin anew with each process.
        const long NumbersOfLife = 10_000_000;
        _history.Add(new ObservedTransaction((_life * NumbersOfLife) + number, pending.Client, outcome, pending.Operations) { BeginAt = pending.BeganAt, EndAt = _place });
    }

    private sealed record Pending(int Client, long BeganAt, IReadOnlyList<TransactionOperation> Operations);
}
