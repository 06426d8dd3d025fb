namespace Persistence.CrashKit.Oracle;

/// <summary>
/// Judges keys and values. A value may be there if its operation was sent and nothing the state must hold overwrote it for
/// certain; a key may be absent if it was absent before, or a delete was sent, and nothing the state must hold set it for certain
/// afterwards.
/// </summary>
internal sealed class StateJudge(Evidence evidence)
{
    private readonly HashSet<Operation> _lost = [];

    public void Judge()
    {
        GatherEvidence();
        foreach (string key in evidence.Keys)
        {
            if (evidence.Observed.Items.TryGetValue(key, out string? value))
                JudgeValue(key, value);
            else
                JudgeAbsence(key);
        }
    }

    private void GatherEvidence()
    {
        foreach ((string key, string value) in evidence.Observed.Items)
        {
            if (!IsBaseline(key, value) && evidence.FindWriter(key, value) is Operation writer)
                evidence.Add(writer);
        }

        foreach (string record in evidence.Observed.Records)
        {
            if (evidence.FindAppender(record) is Operation appender)
                evidence.Add(appender);
        }

        do
            evidence.Close();
        while (AddNeededDeletes());
    }

    /// <summary>
    /// An absent key that only deletes not yet in can explain needs one of them: if there is but one, that one; else at least
    /// what all of them imply. Each step may rule out others, so this is repeated until nothing changes.
    /// </summary>
    private bool AddNeededDeletes()
    {
        bool added = false;
        foreach (string key in evidence.Keys)
        {
            if (evidence.Observed.Items.ContainsKey(key) || IsAbsenceExplained(key))
                continue;
            Operation[] possible = [.. evidence.PossibleDeletes(key)];
            if (possible.Length == 1)
                added |= evidence.Add(possible[0]);
            else if (possible.Length > 1)
                added |= evidence.Raise(possible.Min(operation => operation.IntentAt));
        }

        return added;
    }

    private bool IsAbsenceExplained(string key) => evidence.WasAbsentAndStays(key) || evidence.PossibleDeletes(key).Any(evidence.IsIn);

    private void JudgeValue(string key, string value)
    {
        bool isBaseline = IsBaseline(key, value);
        Operation? writer = isBaseline ? null : evidence.FindWriter(key, value);
        if (!isBaseline && writer is null)
        {
            evidence.Report(DiscrepancyKind.Phantom, $"key '{key}' holds '{value}', which nobody wrote to it since the state was verified");
            if (evidence.Baseline.Items.TryGetValue(key, out string? before) && !evidence.ChangesOf(key).Any())
                evidence.Report(DiscrepancyKind.Lost, $"key '{key}' held '{before}' when it was verified, and nobody has changed it since");
            return;
        }

        // After an operation of before the baseline comes every operation of now.
        KeyChange later = evidence.ChangesOf(key).FirstOrDefault(change =>
            change.Operation != writer && evidence.IsIn(change.Operation) && (writer is null || writer.IsBefore(change.Operation)));
        if (later.Operation is not null)
            ReportMissing(key, later, $"'{value}'");
    }

    private void JudgeAbsence(string key)
    {
        bool isExplained = evidence.AssumedDeletes.TryGetValue(key, out Operation? assumed)
            ? evidence.PossibleDeletes(key).Contains(assumed)
            : evidence.WasAbsentAndStays(key) || evidence.PossibleDeletes(key).Any();
        if (isExplained)
            return;
        KeyChange set = evidence.ChangesOf(key).LastOrDefault(change => change.Value is not null && evidence.IsIn(change.Operation));
        if (set.Operation is not null)
            ReportMissing(key, set, "absent");
        else
            evidence.Report(DiscrepancyKind.Lost, $"key '{key}' held '{evidence.Baseline.Items[key]}' when it was verified, nobody deleted it, and it is absent");
    }

    private void ReportMissing(string key, KeyChange missing, string found)
    {
        Operation operation = missing.Operation;
        string effect = missing.Value is null ? "deleted it" : $"set it to '{missing.Value}'";
        string message = $"key '{key}' is {found}, though {operation} {effect} after that";
        if (operation.IsPromised)
        {
            if (_lost.Add(operation))
                evidence.Report(DiscrepancyKind.Lost, message);
        }
        else if (operation.Writes.Count > 1 && ShowsAnother(operation, key))
        {
            evidence.Report(DiscrepancyKind.HalfBatch, $"{message}; other writes of the same step are there");
        }
        else
        {
            evidence.Report(DiscrepancyKind.OutOfOrder, $"{message}; the state shows what was sent later still");
        }
    }

    private bool ShowsAnother(Operation operation, string key) => operation.Writes.Any(write =>
        write.Key != key && write.Value is not null && evidence.Observed.Items.GetValueOrDefault(write.Key) == write.Value);

    private bool IsBaseline(string key, string value) => evidence.Baseline.Items.GetValueOrDefault(key) == value;
}
