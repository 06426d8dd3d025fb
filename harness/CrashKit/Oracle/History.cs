using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Oracle;

/// <summary>
/// What workers said about their operations between two verified states of a store, in the order of the pipe. Not thread-safe.
/// </summary>
public sealed class History
{
    private readonly bool _acknowledgementPromises;
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<long, Operation> _byNumber = [];
    private readonly HashSet<string> _valuesUsed;

    // Acknowledged, in that order; those before _promised are promised, so that a barrier looks at each only once.
    private readonly List<Operation> _acknowledged = [];
    private int _promised;
    private int _place;

    /// <param name="acknowledgementPromises">Whether an acknowledgement alone promises durability; else only the barrier does.</param>
    public History(bool acknowledgementPromises)
        : this(acknowledgementPromises, new HashSet<string>(StringComparer.Ordinal))
    {
    }

    private History(bool acknowledgementPromises, HashSet<string> valuesUsed)
    {
        _acknowledgementPromises = acknowledgementPromises;
        _valuesUsed = valuesUsed;
    }

    /// <summary>The operations, in the order they were sent.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>How many the last process sent and did not answer: in flight, if it is dead.</summary>
    public int InFlight => _byNumber.Values.Count(operation => operation.Outcome == OperationOutcome.Pending);

    /// <summary>What follows once a state is verified: nothing is said yet, and no value may be used again.</summary>
    public History Continue() => new(_acknowledgementPromises, _valuesUsed);

    /// <summary>
    /// The same in bounded memory, for programs known never to use a value twice: only the values the verified state shows are remembered.
    /// </summary>
    public History ContinueFrom(Observation verified)
    {
        ArgumentNullException.ThrowIfNull(verified);
        return new History(_acknowledgementPromises, new HashSet<string>(verified.Items.Values.Concat(verified.Records), StringComparer.Ordinal));
    }

    /// <summary>A new process numbers its operations from the beginning: those of the old one keep their outcome.</summary>
    public void BeginProcess() => _byNumber.Clear();

    /// <summary>Takes the next message; those that are not about operations are passed over.</summary>
    /// <exception cref="ProtocolException">It contradicts what was said before.</exception>
    public void Add(WorkerMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _place++;
        switch (message)
        {
            case IntentMessage intent:
                AddIntent(intent);
                break;
            case AckMessage ack:
                Operation acknowledged = Answer(ack.Number, OperationOutcome.Acknowledged);
                acknowledged.Lsn = ack.Lsn;
                Acknowledge(acknowledged);
                break;
            case FailMessage fail:
                Operation failed = Answer(fail.Number, fail.IsDefinite ? OperationOutcome.FailedForCertain : OperationOutcome.FailedPerhaps);
                if (fail.IsConflict)
                    _valuesUsed.ExceptWith(ValuesOf(failed));
                break;
            case BarrierMessage barrier:
                Promise(Find(barrier.UpTo));
                break;
        }
    }

    /// <summary>A clean end: everything acknowledged is promised.</summary>
    public void PromiseAcknowledged()
    {
        foreach (Operation operation in _acknowledged)
            operation.IsPromised = true;
    }

    private void AddIntent(IntentMessage intent)
    {
        Operation operation = new(intent.Number, intent.Kind, _place) { Writes = intent.Writes, Record = intent.Record };
        if (!_byNumber.TryAdd(intent.Number, operation))
            throw new ProtocolException($"Operation {intent.Number} was announced twice.");
        foreach (string value in ValuesOf(operation))
        {
            if (!_valuesUsed.Add(value))
                throw new ProtocolException($"The value '{value}' was used before in the store's life: whose it is could not be told.");
        }

        _operations.Add(operation);
    }

    private static IEnumerable<string> ValuesOf(Operation operation) => operation.Writes.Select(static write => write.Value).Append(operation.Record).OfType<string>();

    private Operation Answer(long number, OperationOutcome outcome)
    {
        Operation operation = Find(number);
        if (operation.Outcome != OperationOutcome.Pending)
            throw new ProtocolException($"Operation {number} was answered twice.");
        operation.Outcome = outcome;
        return operation;
    }

    private void Acknowledge(Operation operation)
    {
        operation.AckAt = _place;
        operation.IsPromised = _acknowledgementPromises || operation.IsBarrier;
        _acknowledged.Add(operation);
    }

    /// <summary>What was acknowledged before the barrier was asked for is promised; so is the operation that was the barrier.</summary>
    private void Promise(Operation barrier)
    {
        barrier.IsBarrier = true;
        barrier.IsPromised |= barrier.Outcome == OperationOutcome.Acknowledged;
        while (_promised < _acknowledged.Count && _acknowledged[_promised].IsBefore(barrier))
            _acknowledged[_promised++].IsPromised = true;
    }

    private Operation Find(long number) =>
        _byNumber.TryGetValue(number, out Operation? operation)
            ? operation
            : throw new ProtocolException($"Operation {number} was answered and never announced.");
}
