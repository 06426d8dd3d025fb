using System.Numerics;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// What all writers of a simulated run did and when, and the judgement of what a store holds after a cut: everything promised is there, nothing
/// that was not begun, nothing in part, and whatever came back before an operation that is there was begun is there too.
/// </summary>
internal sealed class RunHistory
{
    private const int DifferencesShown = 3;

    private readonly Dictionary<ulong, Origin> _origins = [];
    private readonly bool _keepsAllRecords;
    private readonly FoundContents _before;
    private readonly HashSet<ulong> _earlier = [];
    private Dictionary<string, List<(Origin Origin, bool IsPut)>>? _sharedWrites;

    /// <param name="plan">What was to be done.</param>
    /// <param name="before">What the store held when the run began.</param>
    /// <param name="earlier">
    /// Of the run before, or null. Where the log is cut in front, what was already cut off then may turn up again: its removal is not promised.
    /// </param>
    public RunHistory(RunPlan plan, FoundContents before, RunHistory? earlier = null)
    {
        if (earlier is not null && !plan.KeepsAllRecords)
        {
            _earlier.UnionWith(earlier._earlier);
            _earlier.UnionWith(earlier._origins.Keys);
        }

        _before = before;
        _keepsAllRecords = plan.KeepsAllRecords;
        IReadOnlyList<EntityWriter> entities = EntityWriters.Of(before.Texts, plan.Operations.Count);
        Writers = [.. plan.Operations.Select((operations, writer) => new WriterHistory(writer, operations, before, entities[writer]))];
        foreach (ulong record in before.Records)
            _origins[record] = Origin.Before;
        foreach (ulong value in before.Shared.Values)
            _origins[value] = Origin.Before;
        for (int writer = 0; writer < Writers.Count; writer++)
        {
            for (int operation = 0; operation < Writers[writer].Operations.Count; operation++)
                AddOrigins(Writers[writer].Operations[operation], new Origin(writer, operation));
        }
    }

    public IReadOnlyList<WriterHistory> Writers { get; }

    private Dictionary<string, List<(Origin Origin, bool IsPut)>> SharedWrites => _sharedWrites ??= FindSharedWrites();

    /// <summary>How often each thing was done to entities.</summary>
    public SortedDictionary<string, int> EntityDeeds { get; } = new(StringComparer.Ordinal);

    /// <summary>What the store held when the run began.</summary>
    public FoundContents Before => _before;

    /// <summary>When the store was open: from this stamp on what it held then may not be missing.</summary>
    public long OpenedAt { get; set; } = long.MaxValue;

    /// <summary>What may be demanded after a cut, as a number: equal where the judgement of equal contents is equal.</summary>
    public ulong WindowAt(long cut)
    {
        ulong window = cut <= OpenedAt ? 1UL : 0;
        foreach (WriterHistory writer in Writers)
            window = Mixing.Mix(Mixing.Mix(window, writer.PromisedBefore(cut)), (ulong)writer.BegunBefore(cut));
        return window;
    }

    /// <summary>Holds what a store has against what it may have after a cut.</summary>
    /// <param name="found">What it has.</param>
    /// <param name="cut">When the run was cut.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Judge(FoundContents found, long cut) => Judge(found, cut, cut);

    /// <summary>The same for what was looked at while the writers went on.</summary>
    /// <param name="found">What it has.</param>
    /// <param name="promisedBefore">What was promised before this stamp has to be there.</param>
    /// <param name="begunBefore">What was begun before this one may be.</param>
    public string? Judge(FoundContents found, long promisedBefore, long begunBefore) => Judge(found, begunBefore, writer => writer.PromisedBefore(promisedBefore));

    /// <summary>Holds what an open store has against what has come back so far: promised or not, it has to be visible.</summary>
    public string? JudgeOpen(FoundContents found, long now) => Judge(found, now, writer => writer.ReturnedBefore(now));

    /// <summary>Whether an operation that was begun after one stamp was promised before another.</summary>
    public bool HasPromisedSince(long stamp, long before) =>
        Writers.Any(writer => writer.Promised.Where((promised, operation) => promised < before && writer.Begun[operation] > stamp).Any());

    /// <summary>A barrier, and a close, promise from <paramref name="stamp"/> on whatever had come back when they began.</summary>
    public void PromiseEverythingBefore(long begun, long stamp)
    {
        foreach (WriterHistory writer in Writers)
        {
            for (int i = 0; i < writer.Returned.Length; i++)
            {
                if (writer.Returned[i] < begun)
                    writer.Promised[i] = Math.Min(writer.Promised[i], stamp);
            }
        }
    }

    private string? Judge(FoundContents found, long cut, Func<WriterHistory, ulong> demanded)
    {
        ulong[] needed = [.. Writers.Select(demanded)];
        AddWhatIsSeen(found, needed);
        List<WriterHistory.Possibility>[] possible = new List<WriterHistory.Possibility>[Writers.Count];
        for (int writer = 0; writer < Writers.Count; writer++)
        {
            possible[writer] = FindPossibilities(found, writer, cut, needed[writer]);
            if (possible[writer].Count == 0)
                return Explain(found, writer, cut, needed[writer]);
        }

        string? firstObjection = null;
        return JudgeRecordOrder(found) ?? (TryExplain(found, possible, new ulong[Writers.Count], 0, ref firstObjection) ? null : firstObjection);
    }

    /// <summary>Looks for one way it may have been: an operation that only deletes what others wrote too leaves nothing by which to tell whether it happened.</summary>
    private bool TryExplain(FoundContents found, List<WriterHistory.Possibility>[] possible, ulong[] recovered, int writer, ref string? objection)
    {
        if (writer == Writers.Count)
        {
            string? message = FindWhatWasDemanded(recovered) ?? JudgeShared(found, recovered);
            objection ??= message;
            return message is null;
        }

        foreach (WriterHistory.Possibility one in possible[writer])
        {
            recovered[writer] = one.Happened;
            if (TryExplain(found, possible, recovered, writer + 1, ref objection))
                return true;
        }

        return false;
    }

    /// <summary>Whatever came back before an operation that is there was begun has to be there too.</summary>
    private string? FindWhatWasDemanded(ulong[] recovered)
    {
        for (int writer = 0; writer < Writers.Count; writer++)
        {
            if (recovered[writer] == 0)
                continue;
            int last = BitOperations.Log2(recovered[writer]);
            for (int other = 0; other < Writers.Count; other++)
            {
                ulong missing = Writers[other].ReturnedBefore(Writers[writer].Begun[last]) & ~recovered[other];
                if (missing != 0)
                    return $"{new Origin(writer, last)} is there; {new Origin(other, BitOperations.TrailingZeroCount(missing))}, which had returned before that one was begun, is not";
            }
        }

        return null;
    }

    /// <summary>An operation of which any write or record is there has happened.</summary>
    private void AddWhatIsSeen(FoundContents found, ulong[] needed)
    {
        foreach (ulong value in found.Shared.Values.Concat(found.Records))
        {
            if (_origins.TryGetValue(value, out Origin origin) && !origin.IsBefore)
                needed[origin.Writer] |= 1UL << origin.Operation;
        }
    }

    private List<WriterHistory.Possibility> FindPossibilities(FoundContents found, int writer, long cut, ulong needed)
    {
        WriterHistory history = Writers[writer];
        int begun = history.BegunBefore(cut);
        List<WriterHistory.Possibility> fitting = [];
        foreach (WriterHistory.Possibility possible in history.Possible)
        {
            if (possible.Digest == found.Own[writer] && possible.Count <= begun && (needed & ~possible.Happened) == 0 && HasRecords(found, writer, possible.Happened))
                fitting.Add(possible);
        }

        return fitting;
    }

    /// <summary>The writer's records that are there are the ones of these operations, or, where the log is cut in front, the last of them.</summary>
    private bool HasRecords(FoundContents found, int writer, ulong happened)
    {
        if (!found.HasRecords)
            return true;
        WriterHistory history = Writers[writer];
        int at = found.Records.Count;
        for (int operation = history.Operations.Count - 1; operation >= 0; operation--)
        {
            if ((happened & (1UL << operation)) == 0 || history.Operations[operation].Record is null)
                continue;
            do
                at--;
            while (at >= 0 && !IsOf(found.Records[at], writer));
            if (at < 0)
                return !_keepsAllRecords;
            if (_origins[found.Records[at]] != new Origin(writer, operation))
                return false;
        }

        for (at--; at >= 0; at--)
        {
            if (IsOf(found.Records[at], writer))
                return false;
        }

        return true;
    }

    private bool IsOf(ulong record, int writer) => _origins.TryGetValue(record, out Origin origin) && !origin.IsBefore && origin.Writer == writer;

    private string? JudgeShared(FoundContents found, ulong[] recovered)
    {
        foreach ((string key, ulong value) in found.Shared)
        {
            if (!_origins.TryGetValue(value, out Origin origin))
                return $"'{key}' has a value that was never written";
            if (FindOverwriter(key, origin, recovered, out string later))
                return $"'{key}' has the value of {origin}, and {later}, which is there too and was begun after that one returned, wrote another";
        }

        foreach (string key in SharedWrites.Keys.Where(key => !found.Shared.ContainsKey(key)))
        {
            if (!IsAbsenceExplained(key, recovered))
                return $"'{key}' is missing, and no operation that is there has deleted what others that are there have written";
        }

        return null;
    }

    private bool IsAbsenceExplained(string key, ulong[] recovered)
    {
        bool isWritten = _before.Shared.ContainsKey(key) || RecoveredWritesOf(key, recovered).Any(write => write.IsPut);
        return !isWritten || RecoveredWritesOf(key, recovered).Any(delete => !delete.IsPut && !FindOverwriter(key, delete.Origin, recovered, out _, putsOnly: true));
    }

    /// <summary>A recovered write of the key that can only have come after <paramref name="origin"/>.</summary>
    private bool FindOverwriter(string key, Origin origin, ulong[] recovered, out string later, bool putsOnly = false)
    {
        long returned = origin.IsBefore ? -1 : Writers[origin.Writer].Returned[origin.Operation];
        foreach ((Origin other, bool isPut) in WritesOf(key))
        {
            if (other == origin || (putsOnly && !isPut) || !IsRecovered(other, recovered))
                continue;
            bool isLaterOfSame = other.Writer == origin.Writer && !origin.IsBefore && other.Operation > origin.Operation;
            if (isLaterOfSame || returned < Writers[other.Writer].Begun[other.Operation])
            {
                later = other.ToString();
                return true;
            }
        }

        later = "";
        return false;
    }

    private IEnumerable<(Origin Origin, bool IsPut)> RecoveredWritesOf(string key, ulong[] recovered) =>
        WritesOf(key).Where(write => IsRecovered(write.Origin, recovered));

    private static bool IsRecovered(Origin origin, ulong[] recovered) => (recovered[origin.Writer] & (1UL << origin.Operation)) != 0;

    /// <summary>Every write of a key that writers share, by writer and operation.</summary>
    private List<(Origin Origin, bool IsPut)> WritesOf(string key) => SharedWrites.GetValueOrDefault(key) ?? [];

    private Dictionary<string, List<(Origin Origin, bool IsPut)>> FindSharedWrites()
    {
        Dictionary<string, List<(Origin Origin, bool IsPut)>> found = new(StringComparer.Ordinal);
        foreach (string key in _before.Shared.Keys)
            found.Add(key, []);
        for (int writer = 0; writer < Writers.Count; writer++)
        {
            for (int operation = 0; operation < Writers[writer].Operations.Count; operation++)
            {
                foreach (KeyWrite write in Writers[writer].Operations[operation].Writes.Where(write => FoundContents.OwnerOf(write.Key) is null))
                {
                    if (!found.TryGetValue(write.Key, out List<(Origin Origin, bool IsPut)>? writes))
                        found.Add(write.Key, writes = []);
                    writes.Add((new Origin(writer, operation), write.Value is not null));
                }
            }
        }

        return found;
    }

    private string? JudgeRecordOrder(FoundContents found)
    {
        if (!found.HasRecords)
            return null;
        long latestBegun = -1;
        int before = 0;
        List<ulong> records = [.. found.Records.SkipWhile(record => !_origins.ContainsKey(record) && _earlier.Contains(record))];
        foreach (ulong record in records)
        {
            if (!_origins.TryGetValue(record, out Origin origin))
                return "The log holds a record that was never appended";
            if (origin.IsBefore)
            {
                if (latestBegun >= 0)
                    return "A record of before this run comes after one of it";
                before++;
                continue;
            }

            if (Writers[origin.Writer].Returned[origin.Operation] < latestBegun)
                return $"The record of {origin} comes after one that was begun when it had returned";
            latestBegun = Math.Max(latestBegun, Writers[origin.Writer].Begun[origin.Operation]);
        }

        bool isPrefixKept = _keepsAllRecords ? before == _before.Records.Count : before <= _before.Records.Count;
        return isPrefixKept && records.Take(before).SequenceEqual(_before.Records.TakeLast(before))
            ? null
            : $"Of {_before.Records.Count} records of before this run {before} are there, or in another order";
    }

    private string Explain(FoundContents found, int writer, long cut, ulong needed)
    {
        WriterHistory history = Writers[writer];
        int begun = history.BegunBefore(cut);
        int promised = BitOperations.PopCount(history.PromisedBefore(cut));
        string window = $"writer {writer}: {promised} operations were promised, {begun} begun";
        foreach (WriterHistory.Possibility possible in history.Possible)
        {
            if (possible.Digest != found.Own[writer] || !HasRecords(found, writer, possible.Happened))
                continue;
            return possible.Count > begun
                ? $"{window}; its items are those after {possible.Count}"
                : $"{window}, {BitOperations.PopCount(needed)} have to be there; its items are those after {possible.Count}";
        }

        return history.Possible.Any(possible => possible.Digest == found.Own[writer])
            ? $"{window}; its items and its records do not go together"
            : $"{window}; its items are what they never were{ExplainEntities(found, history, begun)}";
    }

    /// <summary>How its entities differ from the nearest thing that they may be.</summary>
    private static string ExplainEntities(FoundContents found, WriterHistory history, int begun)
    {
        (WriterHistory.Possibility nearest, IReadOnlyList<string> differences) = history.Possible
            .Where(possible => possible.Count <= begun)
            .Select(possible => (possible, ModelDifference.Find(possible.Entities, found.Texts)))
            .MinBy(static candidate => candidate.Item2.Count);
        return differences.Count == 0 ? "" : $": after {nearest.Count} operations {string.Join("; ", differences.Take(DifferencesShown))}";
    }

    private void AddOrigins(PlannedOperation operation, Origin origin)
    {
        foreach (KeyWrite write in operation.Writes)
        {
            if (write.Value is not null)
                _origins[Mixing.Hash(ValueText.Encode(write.Value))] = origin;
        }

        if (operation.Record is not null)
            _origins[Mixing.Hash(ValueText.Encode(operation.Record))] = origin;
    }

    /// <summary>Which operation a value comes from.</summary>
    private readonly record struct Origin(int Writer, int Operation)
    {
        public static readonly Origin Before = new(-1, -1);

        public bool IsBefore => Writer < 0;

        public override string ToString() => IsBefore ? "before this run" : $"operation {Operation} of writer {Writer}";
    }
}
