namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// Judges the lists that were seen of one key, each for itself and all against each other, and makes them one order. A list only ever grows at
/// its end: so each that was seen is the beginning of the longest one.
/// </summary>
internal sealed class ListJudge(KeyIndex key, AnomalyList anomalies)
{
    private readonly HashSet<long> _badValues = [];

    // The longest list as it was seen, which nearly every other is a part of; and for each length how much of it counts.
    private ExternalRead _longest;
    private int[] _countingIn = [];

    /// <returns>The order, or null where the lists contradict each other.</returns>
    public VersionOrder? Judge()
    {
        List<ExternalRead> reads = TakeOwnAway();
        _longest = reads.Count == 0 ? default : reads.MaxBy(read => read.Length);
        IndexedAppend[] versions = CleanLongest();
        List<(ExternalRead Read, IndexedAppend[] Versions)> strays = [.. reads.Where(IsStray).Select(read => (read, Clean(read)))];
        if (strays.Count > 0)
        {
            IndexedAppend[] longestStray = strays.MaxBy(stray => stray.Versions.Length).Versions;
            if (longestStray.Length > versions.Length)
                (versions, strays) = (longestStray, [(_longest, versions), .. strays]);
        }

        return AreOneOrder(versions, strays) && KeepsOrderWithin(versions, reads) ? Order(versions, reads) : null;
    }

    /// <summary>Every list ends with what its reader had appended itself; what comes before that is the same each time it reads.</summary>
    private List<ExternalRead> TakeOwnAway()
    {
        List<ExternalRead> reads = [];
        foreach (IndexedRead read in key.Reads)
        {
            int length = FindExternalLength(read);
            ExternalRead external = new(read, Math.Max(length, 0));
            if (length < 0 || ShowsOwn(external))
                ReportOwn(read);
            else if (reads.Count > 0 && reads[^1].Node == read.Node && !reads[^1].Values.SequenceEqual(external.Values))
                ReportUnrepeatable(reads[^1], external);
            else
                reads.Add(external);
        }

        return reads;
    }

    /// <returns>-1 if the list does not end with the reader's own appends.</returns>
    private static int FindExternalLength(IndexedRead read)
    {
        int length = read.Values.Length;
        for (IndexedAppend? own = read.LastOwn; own is not null; own = own.Previous)
        {
            if (length == 0 || read.Values[length - 1] != own.Value)
                return -1;
            length--;
        }

        return length;
    }

    private static bool ShowsOwn(ExternalRead read)
    {
        foreach (IndexedAppend own in read.Node.Appends)
        {
            if (own.Key == read.Read.Key && read.Values.Contains(own.Value))
                return true;
        }

        return false;
    }

    private void ReportOwn(IndexedRead read)
    {
        JudgeValues(read, read.Values.AsSpan());
        anomalies.Add(AnomalyKind.InternalInconsistency, [read.Node.Transaction], key, () =>
        {
            List<long> own = [];
            for (IndexedAppend? append = read.LastOwn; append is not null; append = append.Previous)
                own.Insert(0, append.Value);
            string expected = own.Count == 0 ? "nothing of its own yet" : $"{ListText.Show([.. own])} of its own at the end, and nowhere else";
            return $"{read.Node} read '{key.Name}' as {ListText.Show(read.Values.AsSpan())}, where it should have seen {expected}";
        });
    }

    private void ReportUnrepeatable(ExternalRead first, ExternalRead second)
    {
        JudgeValues(second.Read, second.Values);
        anomalies.Add(
            AnomalyKind.InternalInconsistency,
            [first.Node.Transaction],
            key,
            () => $"{first.Node} read '{key.Name}' as {ListText.Show(first.Read.Values.AsSpan())} and then as {ListText.Show(second.Read.Values.AsSpan())}: its reads are not repeatable");
    }

    private IndexedAppend[] CleanLongest()
    {
        if (_longest.Read is null)
            return [];
        List<IndexedAppend> counting = [];
        HashSet<long> before = [];
        _countingIn = new int[_longest.Length + 1];
        for (int i = 0; i < _longest.Length; i++)
        {
            if (JudgeValue(_longest.Read, _longest.Values[i], before) is IndexedAppend append)
                counting.Add(append);
            _countingIn[i + 1] = counting.Count;
        }

        return [.. counting];
    }

    private bool IsStray(ExternalRead read) => !_longest.Values.StartsWith(read.Values);

    private IndexedAppend[] Clean(ExternalRead read) => JudgeValues(read.Read, read.Values);

    /// <returns>What is left without the values that should not be there.</returns>
    private IndexedAppend[] JudgeValues(IndexedRead read, ReadOnlySpan<long> values)
    {
        List<IndexedAppend> counting = [];
        HashSet<long> before = [];
        foreach (long value in values)
        {
            if (JudgeValue(read, value, before) is IndexedAppend append)
                counting.Add(append);
        }

        return [.. counting];
    }

    /// <summary>A value that should not be there is reported once, whoever sees it, and taken away: what is left can still be judged.</summary>
    private IndexedAppend? JudgeValue(IndexedRead read, long value, HashSet<long> before)
    {
        IndexedAppend? append = key.Find(value);
        if (append is null)
            ReportValue(AnomalyKind.PhantomValue, read, value, [read.Node.Transaction], "which nobody appended to it");
        else if (!before.Add(value))
            ReportValue(AnomalyKind.DuplicateValue, read, value, [read.Node.Transaction, append.Node.Transaction], $"which {append.Node} appended once, in two places");
        else if (!append.Node.Happened)
            ReportValue(AnomalyKind.G1a, read, value, [read.Node.Transaction, append.Node.Transaction], $"which {append.Node} had appended and rolled back");
        else if (!append.IsMissing)
            return append;
        return null;
    }

    private void ReportValue(AnomalyKind kind, IndexedRead read, long value, ObservedTransaction[] transactions, string what)
    {
        if (_badValues.Add(value))
            anomalies.Add(kind, transactions, key, () => $"{read.Node} read '{key.Name}' as {ListText.Show(read.Values.AsSpan())} with {value} in it, {what}");
    }

    private bool AreOneOrder(IndexedAppend[] versions, List<(ExternalRead Read, IndexedAppend[] Versions)> strays)
    {
        foreach ((ExternalRead read, IndexedAppend[] seen) in strays)
        {
            int common = seen.AsSpan().CommonPrefixLength(versions);
            if (common == seen.Length)
                continue;
            IndexedAppend differing = seen[common];
            anomalies.Add(
                AnomalyKind.IncompatibleOrders,
                [read.Node.Transaction, differing.Node.Transaction],
                key,
                () => $"{read.Node} read '{key.Name}' as {ListText.Show(read.Read.Values.AsSpan())}, with {differing.Value}, which {differing.Node} appended, "
                    + $"where the longest list seen has {versions[common].Value}");
            return false;
        }

        return true;
    }

    /// <summary>What one transaction appended comes in the order in which it did so, and without gaps.</summary>
    private bool KeepsOrderWithin(IndexedAppend[] versions, List<ExternalRead> reads)
    {
        for (int i = 0; i < versions.Length; i++)
            versions[i].Position = i;
        IndexedAppend? wrong = versions.FirstOrDefault(version =>
            version.Previous is { IsMissing: false } previous && (previous.Position < 0 || previous.Position > version.Position));
        if (wrong is null)
            return true;
        IndexedAppend earlier = wrong.Previous!;
        AnomalyKind kind = earlier.Position < 0 ? AnomalyKind.HalfVisible : AnomalyKind.IncompatibleOrders;
        TransactionNode reader = reads.First(read => read.Values.Contains(wrong.Value)).Node;
        anomalies.Add(kind, [wrong.Node.Transaction, reader.Transaction], key, () =>
            $"{wrong.Node} appended {earlier.Value} and then {wrong.Value} to '{key.Name}'; {reader} sees "
            + (earlier.Position < 0 ? "the later one without the earlier" : "them the other way round"));
        return false;
    }

    private VersionOrder Order(IndexedAppend[] versions, List<ExternalRead> reads)
    {
        List<(TransactionNode, int)> lengths = [];
        foreach (ExternalRead read in reads)
        {
            int length = IsStray(read) ? Clean(read).Length : _countingIn[read.Length];
            if (length > 0 && versions[length - 1] is { IsIntermediate: true } last)
                ReportIntermediate(read, last);
            else
                lengths.Add((read.Node, length));
        }

        IEnumerable<TransactionNode> unseen = key.Appends.Where(append => append.Position < 0 && append.Node.Happened && !append.IsMissing).Select(append => append.Node);
        return new VersionOrder(key, versions, lengths, [.. unseen.Distinct()]);
    }

    private void ReportIntermediate(ExternalRead read, IndexedAppend last) => anomalies.Add(
        AnomalyKind.G1b,
        [read.Node.Transaction, last.Node.Transaction],
        key,
        () => $"{read.Node} read '{key.Name}' as {ListText.Show(read.Read.Values.AsSpan())}, ending with {last.Value}, after which {last.Node} appended {last.Next!.Value} as well");
}
