using Persistence.Configuration;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;

namespace Persistence.CrashKit.Simulation;

/// <summary>Another process that has to do with a store while its writers work.</summary>
internal abstract class Neighbour
{
    private readonly List<(FoundContents Found, long From, long To)> _seen = [];

    /// <summary>What went wrong while it ran, or null.</summary>
    public string? Objection { get; protected set; }

    /// <summary>How often it saw something.</summary>
    public virtual int Looks => _seen.Count;

    /// <summary>What it does.</summary>
    public abstract void Run(RecordedRun run, StoreHost host);

    /// <summary>Holds what it saw against what the writers did.</summary>
    /// <returns>What is wrong, or null.</returns>
    public virtual string? Judge(RunHistory history)
    {
        foreach ((FoundContents found, long from, long to) in _seen)
            Objection ??= history.Judge(found, from, to);
        return Objection;
    }

    /// <param name="found">What the store held,</param>
    /// <param name="from">which is all that was promised before this stamp</param>
    /// <param name="to">and nothing begun after this one.</param>
    protected void Note(FoundContents found, long from, long to) => _seen.Add((found, from, to));
}

/// <summary>
/// A process that reads: it opens the store again and again while the writer works, and reads its log again later. It sees all that was promised before it
/// opened the store; the log may be gone by then, and what came later it may see or not; but whatever it is given is true.
/// </summary>
internal sealed class ReadingNeighbour : Neighbour
{
    private const int LooksMax = 4;
    private const int StepsBetween = 40;

    public override void Run(RecordedRun run, StoreHost host)
    {
        for (int look = 0; look < LooksMax; look++)
        {
            try
            {
                WorkloadStates states = WorkloadStates.Of(run.Plan);
                long began = run.Mark();
                using PersistenceStore store = PersistenceStore.OpenReadOnly(host, states.All);
                Look(run, store, states, began);
                for (int step = 0; step < StepsBetween; step++)
                    run.Step();
                Look(run, store, states, began);
            }
            catch (StoreException e) when (e.Error == StoreError.LogTruncated)
            {
                // Retention was faster than the reader.
            }
            catch (StoreException e)
            {
                Objection ??= $"a reader beside the writer was told {e.Error}: {e.Message}";
            }
        }
    }

    private void Look(RecordedRun run, PersistenceStore store, WorkloadStates states, long began) =>
        Note(FoundContents.Of(store, states, run.History.Writers.Count), from: began, to: run.Mark());
}

/// <summary>A process that waits to write too: it gets the store when the writer has closed it, not before, and whole.</summary>
internal sealed class SucceedingNeighbour : Neighbour
{
    private const string Key = "successor";

    public override void Run(RecordedRun run, StoreHost host)
    {
        try
        {
            Succeed(run, host);
        }
        catch (StoreException e)
        {
            Objection ??= $"a process that takes over was told {e.Error}: {e.Message}";
        }
    }

    private void Succeed(RecordedRun run, StoreHost host)
    {
        WorkloadStates states = WorkloadStates.Of(run.Plan);
        StoreOptions options = RunPlan.Quiet(run.Plan.Options);
        using (PersistenceStore store = PersistenceStore.Open(host, options, states.All))
        {
            if (!run.IsClosing)
                Objection ??= "a second process opened the store for writing while the first had it";
            // Closing makes everything durable, whatever the mode: all that had returned is promised.
            Note(FoundContents.Of(store, states, run.History.Writers.Count), from: long.MaxValue, to: long.MaxValue);
            states.KeyValue.Set(Key, [0xC0]);
            store.Flush();
        }

        WorkloadStates later = WorkloadStates.Of(run.Plan);
        using PersistenceStore again = PersistenceStore.Open(host, options, later.All);
        if (later.KeyValue.Find(Key) is null)
            Objection ??= "what the second process had committed is lost";
        later.KeyValue.Delete(Key);
        again.Flush();
    }
}
