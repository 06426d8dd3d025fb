namespace Persistence.CrashKit.Oracle;

/// <summary>
/// Which operations a recovered state must hold: those promised, those whose values it shows, and everything that was complete
/// before any of these was sent. The order of the pipe is an interval order, so the last condition needs only the latest intent
/// among them: whatever was acknowledged before that place is in.
/// </summary>
internal sealed class Evidence
{
    private readonly HashSet<Operation> _in = [];
    private readonly Dictionary<string, Operation> _writerOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Operation> _appenderOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<KeyChange>> _changesOf = new(StringComparer.Ordinal);
    private int _latestIntent = -1;

    /// <param name="baseline">The state verified before.</param>
    /// <param name="operations">What was said since.</param>
    /// <param name="observed">The state to judge.</param>
    /// <param name="assumedDeletes">For some absent keys: the operation assumed to have deleted them last.</param>
    public Evidence(
        Observation baseline, IReadOnlyList<Operation> operations, Observation observed, IReadOnlyDictionary<string, Operation> assumedDeletes)
    {
        Baseline = baseline;
        Operations = operations;
        Observed = observed;
        AssumedDeletes = assumedDeletes;
        foreach (Operation operation in operations)
        {
            Index(operation);
            if (operation.IsPromised && operation.ChangesState)
                Add(operation);
        }

        foreach (Operation assumed in assumedDeletes.Values)
            Add(assumed);
    }

    public IReadOnlyDictionary<string, Operation> AssumedDeletes { get; }

    public Observation Baseline { get; }

    public Observation Observed { get; }

    public IReadOnlyList<Operation> Operations { get; }

    public List<Discrepancy> Discrepancies { get; } = [];

    /// <summary>Every key that was there, was written or is there now.</summary>
    public IEnumerable<string> Keys => Baseline.Items.Keys.Union(_changesOf.Keys).Union(Observed.Items.Keys).Order(StringComparer.Ordinal);

    public IReadOnlyList<KeyChange> ChangesOf(string key) => _changesOf.TryGetValue(key, out List<KeyChange>? changes) ? changes : [];

    /// <summary>The operation that wrote a value to a key and may have happened, or null.</summary>
    public Operation? FindWriter(string key, string value) =>
        _writerOf.TryGetValue(value, out Operation? writer)
        && writer.Outcome != OperationOutcome.FailedForCertain
        && writer.Writes.Any(write => write.Key == key && write.Value == value) ? writer : null;

    /// <summary>The operation that appended a record and may have happened, or null.</summary>
    public Operation? FindAppender(string record) =>
        _appenderOf.TryGetValue(record, out Operation? appender) && appender.Outcome != OperationOutcome.FailedForCertain ? appender : null;

    public bool IsIn(Operation operation) => _in.Contains(operation);

    /// <summary>The state must hold this one.</summary>
    /// <returns>Whether that was news.</returns>
    public bool Add(Operation operation)
    {
        Raise(operation.IntentAt);
        return _in.Add(operation);
    }

    /// <summary>Something sent at this place or later must be in, whichever it is: so what was complete before must be, too.</summary>
    /// <returns>Whether that was news.</returns>
    public bool Raise(int intentAt)
    {
        if (intentAt <= _latestIntent)
            return false;
        _latestIntent = intentAt;
        return true;
    }

    /// <summary>The operations that may be what deleted an absent key last: those that nothing in the state set it after, for certain.</summary>
    public IEnumerable<Operation> PossibleDeletes(string key)
    {
        int latestSet = SetsThatAreIn(key).Select(set => set.IntentAt).DefaultIfEmpty(-1).Max();
        return from change in ChangesOf(key)
               where change.Value is null && change.Operation.Outcome != OperationOutcome.FailedForCertain && change.Operation.AckAt > latestSet
               select change.Operation;
    }

    /// <summary>The operations in the state that set a key.</summary>
    public IEnumerable<Operation> SetsThatAreIn(string key) =>
        ChangesOf(key).Where(change => change.Value is not null && IsIn(change.Operation)).Select(change => change.Operation);

    /// <summary>Whether an absent key was absent before and nothing in the state set it.</summary>
    public bool WasAbsentAndStays(string key) => !Baseline.Items.ContainsKey(key) && !SetsThatAreIn(key).Any();

    /// <summary>Adds what was complete before the latest intent. Those were sent even earlier, so once is enough.</summary>
    public void Close()
    {
        foreach (Operation operation in Operations)
        {
            if (operation.AckAt < _latestIntent && operation.ChangesState)
                _in.Add(operation);
        }
    }

    public void Report(DiscrepancyKind kind, string message) => Discrepancies.Add(new Discrepancy(kind, message));

    private void Index(Operation operation)
    {
        if (operation.Record is string record)
            _appenderOf[record] = operation;
        foreach (KeyWrite write in operation.Writes)
        {
            if (!_changesOf.TryGetValue(write.Key, out List<KeyChange>? changes))
                _changesOf[write.Key] = changes = [];
            changes.Add(new KeyChange(operation, write.Value));
            if (write.Value is not null)
                _writerOf[write.Value] = operation;
        }
    }
}
