namespace Persistence.CrashKit.Oracle;

/// <summary>
/// Looks for a set and an order of operations that explain a state. Nearly everything is forced: what is in, what came last for a
/// key that has a value. Only for an absent key several deletes may be what came last, and only where one of them ran beside
/// a write does it matter which: those few are tried out. An assumption only adds demands, so what fails with some fails with more.
/// </summary>
internal sealed class ExplanationSearch
{
    // Attempts cost as much as there are operations. The bound is one of work, not of time: the answer does not depend on the machine.
    private const int AttemptsMax = 20_000;
    private const int WorkMax = 10_000_000;

    private readonly Observation _baseline;
    private readonly IReadOnlyList<Operation> _operations;
    private readonly Observation _observed;
    private readonly bool _keepsAllRecords;
    private readonly int _attemptsMax;
    private int _attempts;

    public ExplanationSearch(Observation baseline, IReadOnlyList<Operation> operations, Observation observed, bool keepsAllRecords)
    {
        _baseline = baseline;
        _operations = operations;
        _observed = observed;
        _keepsAllRecords = keepsAllRecords;
        _attemptsMax = Math.Clamp(WorkMax / Math.Max(operations.Count, 1), 1, AttemptsMax);
    }

    public Judgement Judge()
    {
        Evidence forced = Attempt([]);
        bool isExplained = forced.Discrepancies.Count == 0 && TryExplain(forced, []);
        bool isDecided = isExplained || forced.Discrepancies.Count > 0 || _attempts < _attemptsMax;
        if (!isExplained && isDecided && forced.Discrepancies.Count == 0)
            forced.Report(DiscrepancyKind.OutOfOrder, $"no order of the operations explains the state, whichever delete came last for {string.Join(", ", OpenKeys(forced))}");
        return new Judgement(
            _operations.Count(operation => operation.IsPromised && operation.ChangesState),
            _operations.Count(operation => operation.ChangesState && forced.IsIn(operation)),
            forced.Discrepancies)
        { IsDecided = isDecided };
    }

    private bool TryExplain(Evidence evidence, Dictionary<string, Operation> assumed)
    {
        string? key = OpenKeys(evidence).FirstOrDefault();
        if (key is null)
            return true;
        foreach (Operation last in evidence.PossibleDeletes(key).OrderByDescending(evidence.IsIn).ToArray())
        {
            if (_attempts >= _attemptsMax)
                return false;
            Dictionary<string, Operation> more = new(assumed) { [key] = last };
            Evidence next = Attempt(more);
            if (next.Discrepancies.Count == 0 && TryExplain(next, more))
                return true;
        }

        return false;
    }

    private Evidence Attempt(Dictionary<string, Operation> assumed)
    {
        _attempts++;
        Evidence evidence = new(_baseline, _operations, _observed, assumed);
        new StateJudge(evidence).Judge();
        new RecordJudge(evidence, _keepsAllRecords).Judge();
        if (evidence.Discrepancies.Count == 0)
            new OrderJudge(evidence).Judge();
        return evidence;
    }

    /// <summary>Absent keys for which it is open, and matters, which delete came last.</summary>
    private static IEnumerable<string> OpenKeys(Evidence evidence) => evidence.Keys.Where(key =>
        !evidence.Observed.Items.ContainsKey(key)
        && !evidence.AssumedDeletes.ContainsKey(key)
        && !evidence.WasAbsentAndStays(key)
        && !HasObviousLast(evidence, key));

    /// <summary>A delete that is in and was sent after every write was complete needs no assumption.</summary>
    private static bool HasObviousLast(Evidence evidence, string key)
    {
        int lastSet = evidence.SetsThatAreIn(key).Select(set => set.AckAt).DefaultIfEmpty(-1).Max();
        return evidence.PossibleDeletes(key).Any(delete => evidence.IsIn(delete) && lastSet < delete.IntentAt);
    }
}
