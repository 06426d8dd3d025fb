using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Runs;

/// <summary>What a store held at earlier positions, from what was said about it since it was verified last.</summary>
/// <param name="baseline">The state verified last.</param>
/// <param name="operations">What was said since.</param>
internal sealed class PastMoments(Observation baseline, IReadOnlyList<Operation> operations)
{
    /// <summary>Operations whose moment can be gone back to: they say where they are.</summary>
    public IReadOnlyList<Operation> Candidates { get; } = [.. operations.Where(static operation => operation.Lsn is not null && operation.IsPromised)];

    /// <summary>Holds what a store shows at an operation's position against what it held then.</summary>
    /// <param name="target">The operation.</param>
    /// <param name="shown">What it shows.</param>
    /// <returns>What is wrong, or null.</returns>
    /// <remarks>
    /// Keys that somebody wrote of whom it was not heard where he is in the log are passed over, and so are those of operations under way at the same time as the target: they may share its frame, and
    /// count with it or, with it, not.
    /// </remarks>
    public string? FindDifference(Operation target, Observation shown)
    {
        Dictionary<string, string> expected = new(baseline.Items, StringComparer.Ordinal);
        foreach (Operation operation in operations.Where(operation => operation.Lsn <= target.Lsn).OrderBy(static operation => operation.Lsn))
        {
            foreach (KeyWrite write in operation.Writes)
            {
                if (write.Value is null)
                    expected.Remove(write.Key);
                else
                    expected[write.Key] = write.Value;
            }
        }

        HashSet<string> unclear = [.. operations.Where(operation => IsUnclear(operation, target)).SelectMany(static operation => operation.Writes).Select(static write => write.Key)];
        foreach (string key in expected.Keys.Union(shown.Items.Keys).Where(key => !unclear.Contains(key)).Order(StringComparer.Ordinal))
        {
            (string? wanted, string? found) = (expected.GetValueOrDefault(key), shown.Items.GetValueOrDefault(key));
            if (wanted != found)
                return $"at LSN {target.Lsn}, behind {target}, key '{key}' is {Show(found)} and was {Show(wanted)} then";
        }

        return null;
    }

    private bool IsUnclear(Operation operation, Operation target)
    {
        if (operation.Lsn is null)
            return operation.Writes.Count > 0;
        return operation == target
            ? operations.Any(other => other != target && other.ChangesState && Overlap(other, target))
            : Overlap(operation, target);
    }

    private static bool Overlap(Operation left, Operation right) => !left.IsBefore(right) && !right.IsBefore(left);

    private static string Show(string? value) => value is null ? "absent" : $"'{value}'";
}
