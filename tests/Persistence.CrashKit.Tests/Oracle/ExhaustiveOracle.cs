using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Tests.Oracle;

/// <summary>
/// The definition itself, for small histories: is there a set of operations that holds everything promised, and everything complete
/// before anything in it, and an order of them that keeps what was complete before what was sent later, which produces the state?
/// </summary>
internal sealed class ExhaustiveOracle(IReadOnlyList<Operation> operations, Observation baseline, Observation observed)
{
    public bool CanExplain() => Extend([], new Dictionary<string, string>(baseline.Items), [.. baseline.Records]);

    private bool Extend(List<Operation> done, Dictionary<string, string> items, List<string> records)
    {
        if (Matches(items, records) && operations.All(operation => !operation.IsPromised || done.Contains(operation)))
            return true;
        foreach (Operation next in operations)
        {
            if (done.Contains(next) || next.Outcome == OperationOutcome.FailedForCertain)
                continue;
            if (operations.Any(earlier => earlier.IsBefore(next) && !done.Contains(earlier)))
                continue;
            Dictionary<string, string> after = new(items);
            foreach (KeyWrite write in next.Writes)
            {
                if (write.Value is null)
                    after.Remove(write.Key);
                else
                    after[write.Key] = write.Value;
            }

            if (Extend([.. done, next], after, next.Record is null ? records : [.. records, next.Record]))
                return true;
        }

        return false;
    }

    private bool Matches(Dictionary<string, string> items, List<string> records) =>
        items.Count == observed.Items.Count
        && items.All(item => observed.Items.GetValueOrDefault(item.Key) == item.Value)
        && records.SequenceEqual(observed.Records);
}
