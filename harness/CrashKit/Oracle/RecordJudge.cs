namespace Persistence.CrashKit.Oracle;

/// <summary>
/// Judges the application records the log shows: each known and there once, none missing between the oldest shown and the end,
/// and none missing at all when the whole log is retained.
/// </summary>
internal sealed class RecordJudge(Evidence evidence, bool keepsAllRecords)
{
    public void Judge()
    {
        Dictionary<string, int> baselinePlace = new(StringComparer.Ordinal);
        foreach (string record in evidence.Baseline.Records)
            baselinePlace[record] = baselinePlace.Count;
        JudgeKnown(baselinePlace);
        JudgeBaseline(baselinePlace);
        JudgeNew();
    }

    private IReadOnlyList<string> Shown => evidence.Observed.Records;

    private void JudgeKnown(Dictionary<string, int> baselinePlace)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string record in Shown)
        {
            if (!seen.Add(record))
                evidence.Report(DiscrepancyKind.Phantom, $"record '{record}' is in the log twice");
            else if (!baselinePlace.ContainsKey(record) && evidence.FindAppender(record) is null)
                evidence.Report(DiscrepancyKind.Phantom, $"record '{record}' is in the log, and nobody appended it since the state was verified");
        }
    }

    /// <summary>The records verified before come first, in the same order; retention may have taken the oldest.</summary>
    private void JudgeBaseline(Dictionary<string, int> baselinePlace)
    {
        int expected = -1;
        bool newSeen = false;
        foreach (string record in Shown)
        {
            if (!baselinePlace.TryGetValue(record, out int place))
            {
                newSeen = true;
                continue;
            }

            if (newSeen || place < expected)
                evidence.Report(DiscrepancyKind.OutOfOrder, $"record '{record}' comes after one that was appended later");
            else if (expected >= 0 && place > expected)
                evidence.Report(DiscrepancyKind.Lost, $"record '{evidence.Baseline.Records[expected]}' was verified, and is missing between records that are there");
            else if (expected < 0 && place > 0 && keepsAllRecords)
                evidence.Report(DiscrepancyKind.Lost, $"record '{evidence.Baseline.Records[0]}' was verified, the whole log is retained, and it is missing");
            expected = place + 1;
        }

        int count = evidence.Baseline.Records.Count;
        bool someShown = expected >= 0;
        if (count > 0 && (someShown ? expected < count : keepsAllRecords))
            evidence.Report(DiscrepancyKind.Lost, $"record '{evidence.Baseline.Records[^1]}' was verified last, and is missing");
    }

    private void JudgeNew()
    {
        HashSet<string> shown = [.. Shown];
        Operation? oldest = OldestNewWhenBaselineGone();
        bool allMustShow = keepsAllRecords || (Shown.Count > 0 && oldest is null);
        foreach (Operation operation in evidence.Operations)
        {
            if (operation.Record is not string record || shown.Contains(record) || !evidence.IsIn(operation))
                continue;
            if (!allMustShow && (oldest is null || !oldest.IsBefore(operation)))
                continue;
            evidence.Report(
                operation.IsPromised ? DiscrepancyKind.Lost : DiscrepancyKind.OutOfOrder,
                $"record '{record}' of {operation} is missing from the log, which holds what was appended around it");
        }
    }

    /// <summary>When retention has taken everything verified before, only what came after the oldest record shown must be there.</summary>
    private Operation? OldestNewWhenBaselineGone() => Shown.Count > 0 ? evidence.FindAppender(Shown[0]) : null;
}
