using Persistence.Configuration;
using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// Goes back: takes a store as a crash left it to earlier positions that were promised, holds its items against a model there, writes on, kills, recovers, and looks at the
/// history that was left. So with entities, their own of each writer by the model of it. Files are not looked at: in their directory stays what was last put there.
/// </summary>
internal sealed class PastJudge
{
    private const string Key = "after going back";
    private const int FrameHeaderBytes = 72;
    private const int SchemaChangesBytesMax = 2048;

    // Positions that are only looked at. What a checkpoint has too much shows between it and the next commit alone.
    private const int Looks = 8;
    private readonly RecordedRun _run;
    private readonly List<Commit> _commits;
    private readonly int _boot;

    private PastJudge(RecordedRun run, int boot)
    {
        _run = run;
        _boot = boot;
        _commits = [.. run.History.Writers.SelectMany(CommitsOf).OrderBy(static commit => commit.Result.First)];
    }

    /// <summary>How many states were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Goes back from one state.</summary>
    /// <param name="image">The disk; it is changed.</param>
    /// <param name="run">The run that was cut, on a new store.</param>
    /// <param name="cut">Where.</param>
    /// <param name="isKill">Whether only the process died.</param>
    /// <param name="choice">Which positions.</param>
    /// <param name="compared">How many states were compared.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Judge(SimulatedFileSystem image, RecordedRun run, long cut, bool isKill, ulong choice, out int compared)
    {
        PastJudge judge = new(run, run.Start.Boot + (isKill ? 0 : 1));
        try
        {
            return judge.Judge(image, cut, choice);
        }
        catch (UnreachableTargetException e) when (e.Error == StoreError.LogTruncated && !run.Plan.KeepsAllRecords)
        {
            return null;
        }
#pragma warning disable CA1031 // An engine that fails otherwise than it says it would has not kept its promise.
        catch (Exception e)
        {
            return $"going back fails with {e.GetType().Name}: {e.Message}";
        }
#pragma warning restore CA1031
        finally
        {
            compared = judge.Compared;
        }
    }

    private string? Judge(SimulatedFileSystem image, long cut, ulong choice)
    {
        int[] promised = [.. Enumerable.Range(0, _commits.Count).Where(index => _commits[index].Promised < cut)];
        if (promised.Length == 0)
            return null;
        int target = promised[(int)(choice % (ulong)promised.Length)];
        int other = promised[(int)(choice / 977 % (ulong)promised.Length)];
        if (LookAround(image, promised, choice) is string seen)
            return seen;
        Found found;
        using (StoreSession session = Open(image, target))
        {
            found = Read(session.States);
            if (Compare(found, target) is string wrong)
                return wrong;
            session.KeyValue.Set(Key, [0xC0]);
            session.KeyValue.Delete(found.Items.Keys.Where(static key => !EntityKeys.Is(key)).FirstOrDefault("none"));
            if (session.States.Entities is EntityState entities)
            {
                CommonTables.Ensure(session.Store, entities);
                if (FieldNumbers.FindReused(entities) is string reused)
                    return $"gone back to {_commits[target]}: {reused}";
            }

            session.Store.Flush();
            found = Read(session.States);
            // The process is killed here: what it does when it is given up is done to another disk.
            image = image.CrashImage(CrashImageKind.KeepEverything);
        }

        using (StoreSession again = Open(image, target: null))
        {
            Found kept = Read(again.States);
            if ((FindDifference(found.Items, kept.Items) ?? (kept.Entities.SequenceEqual(found.Entities) ? null : "entities are others")) is string lost)
                return $"gone back to {_commits[target]}, written on, killed and recovered: {lost}";
        }

        return LookAt(image, other) is string branched ? $"after a branch: {branched}" : null;
    }

    /// <summary>Looks at positions spread over all that can be gone back to; one that the store does not have any more is passed over.</summary>
    private string? LookAround(SimulatedFileSystem image, int[] promised, ulong choice)
    {
        int stride = (promised.Length + Looks - 1) / Looks;
        for (int i = (int)(choice / 31 % (ulong)stride); i < promised.Length; i += stride)
        {
            if (TryLookAt(image, promised[i]) is string wrong)
                return wrong;
        }

        return null;
    }

    private string? TryLookAt(SimulatedFileSystem image, int target)
    {
        try
        {
            return LookAt(image, target);
        }
        catch (UnreachableTargetException e) when (e.Error == StoreError.LogTruncated && !_run.Plan.KeepsAllRecords)
        {
            return null;
        }
    }

    private string? LookAt(SimulatedFileSystem image, int target)
    {
        WorkloadStates states = WorkloadStates.Of(_run.Plan);
        using PersistenceStore store = PersistenceStore.OpenReadOnly(Host(image), states.All, target: TargetOf(target));
        return Compare(Read(states), target);
    }

    private StoreSession Open(SimulatedFileSystem image, int? target)
    {
        WorkloadStates states = WorkloadStates.Of(_run.Plan);
        return new StoreSession(PersistenceStore.Open(Host(image), RunPlan.Quiet(_run.Plan.Options) with { Durability = DurabilityMode.Sync }, states.All, target: target is int index ? TargetOf(index) : null), states);
    }

    private StoreHost Host(SimulatedFileSystem image) => SimulatedHost.CreateInline(image, _run.Plan.Seed, _boot);

    /// <summary>Behind the commit's last record, and before whatever shares its frame.</summary>
    private RecoveryTarget TargetOf(int index) => RecoveryTarget.ToLsn(new Lsn(_commits[index].Result.End.Value - 1));

    /// <summary>Commits that share the target's frame count with it, or not at all: then it is among those that do not.</summary>
    private string? Compare(Found found, int target)
    {
        Compared++;
        string? first = null;
        for (int last = target; ; last--)
        {
            string? difference = FindDifference(ModelAt(last), found.Items) ?? FindDifference(last, found);
            if (difference is null)
                return null;
            first ??= difference;
            if (last < 0 || !MayBeLeftOut(last, target))
                break;
        }

        return $"gone back to {_commits[target]}: {first}";
    }

    /// <summary>Whether a commit may share the frame of the target, and that one end behind the target.</summary>
    private bool MayBeLeftOut(int commit, int target)
    {
        if (commit < target)
            return MayShareFrame(commit, commit + 1);
        StoreOptions options = _run.Plan.Options;
        bool hasNotes = _run.Plan.Operations.Count > 1 || HasSchemaChanges || options.CheckpointLogBytes > 0 || options.CheckpointTransactions > 0 || options.CompactionSizeBytes > 0 || WorkloadMix.Require(_run.Plan.Workload).WritesFiles;
        return hasNotes || (target + 1 < _commits.Count && MayShareFrame(target, target + 1));
    }

    /// <summary>A frame begins on a sector boundary, with its header. Between two commits there may be changes of tables, of which nobody knows where they are.</summary>
    private bool MayShareFrame(int left, int right) =>
        _commits[right].Result.First.Value < SectorUp(_commits[left].Result.End.Value) + FrameHeaderBytes + (HasSchemaChanges ? SchemaChangesBytesMax : 0);

    private bool HasSchemaChanges => _run.Plan.HasEntities && WorkloadMix.Require(_run.Plan.Workload).HasEntities;

    private long SectorUp(long position) => (position + _run.Plan.Options.SectorBytes - 1) / _run.Plan.Options.SectorBytes * _run.Plan.Options.SectorBytes;

    private Dictionary<string, ulong> ModelAt(int last)
    {
        Dictionary<string, ulong> items = new(StringComparer.Ordinal);
        foreach (KeyWrite write in _commits.Take(last + 1).SelectMany(static commit => commit.Operation.Writes).Where(static write => WorkloadStates.FileName(write.Key) is null))
        {
            if (write.Value is null)
                items.Remove(write.Key);
            else
                items[write.Key] = Mixing.Hash(ValueText.Encode(write.Value));
        }

        return items;
    }

    /// <summary>Each writer's own entities are those after some number of its operations: all that are before the position, none that is behind it. Of changes of tables nobody knows where they are, but between which others.</summary>
    private string? FindDifference(int last, Found found)
    {
        for (int writer = 0; writer < _run.History.Writers.Count; writer++)
        {
            WriterHistory history = _run.History.Writers[writer];
            int least = 1 + LastOf(history, _commits.Take(last + 1));
            int most = _commits.Skip(last + 1).Where(commit => commit.Writer == history).Select(static commit => commit.Number).DefaultIfEmpty(history.Operations.Count).Min();
            if (!history.Possible.Any(possible => possible.Count >= least && possible.Count <= most && possible.EntityDigest == found.Entities[writer]))
                return $"the entities of writer {writer} are not those after {least} to {most} of its operations";
        }

        return null;
    }

    private static int LastOf(WriterHistory writer, IEnumerable<Commit> commits) => commits.Where(commit => commit.Writer == writer).Select(static commit => commit.Number).DefaultIfEmpty(-1).Max();

    /// <summary>Items, tags of shared entities among them; and of each writer's own entities what they add up to.</summary>
    private Found Read(WorkloadStates states)
    {
        Dictionary<string, ulong> items = new(StringComparer.Ordinal);
        ulong[] entities = new ulong[_run.History.Writers.Count];
        foreach (KeyValueItem item in states.KeyValue.FindByPrefix())
            items.Add(item.Key, Mixing.Hash(item.Value.Span));
        foreach (EntityItem item in states.ReadEntities())
        {
            if (item.IsTag)
                items[item.Key] = Mixing.Hash(ValueText.Encode(item.Text));
            else if (FoundContents.OwnerOf(item.Key) is int writer && writer < entities.Length)
                entities[writer] += FoundContents.Digest(item.Key, Mixing.Hash(item.Text));
            else
                items[item.Key] = Mixing.Hash(item.Text);
        }

        return new Found(items, entities);
    }

    private static string? FindDifference(Dictionary<string, ulong> expected, Dictionary<string, ulong> found)
    {
        foreach (string key in expected.Keys.Union(found.Keys).Order(StringComparer.Ordinal))
        {
            if (!found.TryGetValue(key, out ulong value))
                return $"'{key}' is missing";
            if (!expected.TryGetValue(key, out ulong wanted))
                return $"'{key}' is there, which was written later or deleted before";
            if (value != wanted)
                return $"'{key}' has another value";
        }

        return null;
    }

    private static IEnumerable<Commit> CommitsOf(WriterHistory writer)
    {
        for (int i = 0; i < writer.Operations.Count; i++)
        {
            if (writer.Committed[i] is CommitResult result)
                yield return new Commit(writer, i, result, writer.Promised[i]);
        }
    }

    private sealed record Found(Dictionary<string, ulong> Items, ulong[] Entities);

    private sealed record Commit(WriterHistory Writer, int Number, CommitResult Result, long Promised)
    {
        public PlannedOperation Operation => Writer.Operations[Number];

        public override string ToString() => $"the {Operation.Kind} at LSN {Result.First}";
    }
}
