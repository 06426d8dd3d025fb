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

    public Evidence(Observation baseline, IReadOnlyList<Operation> operations, Observation observed)
    {
        Baseline = baseline;
        Operations = operations;
        Observed = observed;
        foreach (Operation operation in operations)
        {
            Index(operation);
            if (operation.IsPromised && operation.ChangesState)
                Add(operation);
        }
    }

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
        if (!_in.Add(operation))
            return false;
        _latestIntent = Math.Max(_latestIntent, operation.IntentAt);
        return true;
    }

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
