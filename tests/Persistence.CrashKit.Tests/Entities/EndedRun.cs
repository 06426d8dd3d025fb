using Persistence.Configuration;
using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Tests.Entities;

/// <summary>A recorded run of the workload of entities, and the store that it has left, opened once more: whatever is done to it then is nothing that the run has done.</summary>
internal sealed class EndedRun : IDisposable
{
    private const int Operations = 60;
    private const int SeedsMax = 200;
    private readonly StoreSession _session;

    private EndedRun(RecordedRun run)
    {
        Run = run;
        CrashStateSpace space = new(run.Trace, CrashProfile.PosixMin);
        CrashChoice all = new(space.Micros.Count) { Cut = run.Trace.End };
        Array.Fill(all.Keeps, true);
        WorkloadStates states = WorkloadStates.Of(run.Plan);
        _session = new StoreSession(PersistenceStore.Open(SimulatedHost.CreateInline(space.At(all).ToFileSystem(), 1, 1), RunPlan.Quiet(run.Plan.Options), states.All), states);
    }

    public RecordedRun Run { get; }

    public PersistenceStore Store => _session.Store;

    public EntityState Entities => _session.States.Entities!;

    /// <summary>What the first writer's own has to be.</summary>
    public WriterModel Model => Run.History.Writers[0].Entities.Model;

    /// <summary>The first run of one writer, or of several, that has come to something.</summary>
    /// <param name="isWanted">To what.</param>
    /// <param name="writers">How many writers.</param>
    /// <param name="firstSeed">Where to begin to look.</param>
    public static EndedRun Find(Predicate<EndedRun> isWanted, int writers = 1, long firstSeed = 1)
    {
        for (long seed = firstSeed; seed <= SeedsMax; seed++)
        {
            EndedRun run = new(RecordedRun.Record(RunPlan.Create("entities", seed, DurabilityMode.Sync, Operations * writers, writers: writers)));
            if (isWanted(run))
                return run;
            run.Dispose();
        }

        throw new InvalidOperationException("No run comes to that.");
    }

    /// <summary>What the store holds.</summary>
    public FoundContents Read() => FoundContents.Of(_session.Store, _session.States, Run.History.Writers.Count);

    /// <summary>What is wrong with what the store holds now, or null.</summary>
    public string? Judge() => Judge(Read());

    /// <summary>What is wrong with what was found, or null.</summary>
    public string? Judge(FoundContents found) => Run.History.Judge(found, Run.Trace.End);

    /// <summary>Changes entities as no operation has.</summary>
    public void Change(Action<EntityBatch> change)
    {
        EntityBatch batch = Entities.CreateBatch();
        change(batch);
        Entities.Commit(batch);
    }

    /// <summary>A shared entity that has a component.</summary>
    public Entity? FindShared(string table) => Entities.Query(CommonTables.Place, table).FirstOrDefault();

    public void Dispose() => _session.Dispose();
}
