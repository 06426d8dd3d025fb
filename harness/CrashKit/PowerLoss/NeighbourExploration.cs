using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// Processes side by side: readers that look at a store while it is written to, one that takes it over while it is being closed, one that follows its
/// log, and one that takes backups of it. Each piece is one schedule of all their steps.
/// </summary>
internal sealed class NeighbourExploration(PowerLossOptions options) : IExploration
{
    internal const string ReadingTier = "read beside the writer";
    internal const string TakeOverTier = "taken over at the close";
    internal const string TailTier = "followed beside the writer";
    internal const string BackupTier = "backed up beside the writer";
    internal const string LossEvidence = "lost to who followed the log";

    public string Name => "neighbours";

    public long? PieceCount => null;

    public ExplorationFigures Explore(long piece, CancellationToken stop)
    {
        ExplorationFigures figures = new();
        Explore(piece, figures);
        return figures;
    }

    /// <summary>Explores one schedule of each kind.</summary>
    public void Explore(long piece, ExplorationFigures figures)
    {
        Explore(piece, DurabilityMode.Sync, new ReadingNeighbour(), ReadingTier, figures);
        // Where commits return before they are flushed, closing has the most to do.
        Explore(piece, DurabilityMode.None, new SucceedingNeighbour(), TakeOverTier, figures);
        // Two pieces of four. Where segments are recycled, the one that gives retention the time for it.
        if (piece / 2 % 2 == 0)
            ExploreTail(piece, new TailingNeighbour(comesAgain: IsRecycling(piece)), figures);
        if (IsRecycling(piece))
            Explore(piece, null, new BackingUpNeighbour(), BackupTier, figures);
    }

    public IEnumerable<string> FindVacuity(ExplorationFigures figures)
    {
        foreach (string tier in (string[])[ReadingTier, TakeOverTier, TailTier, BackupTier])
        {
            if (figures.Tiers.GetValueOrDefault(tier).Distinct == 0)
                yield return $"nothing was {tier}";
        }
    }

    private void ExploreTail(long piece, TailingNeighbour tail, ExplorationFigures figures)
    {
        Explore(piece, null, tail, TailTier, figures);
        figures.Note(LossEvidence, tail.Losses);
    }

    private static bool IsRecycling(long piece) => piece % 2 == 0;

    /// <summary>Segments go through many hands.</summary>
    private static StoreOptions Recycling(StoreOptions options) =>
        options with { LogRetainBytes = 0, SpareSegments = 1, CheckpointsRetained = 1, CheckpointTransactions = 3 };

    private void Explore(long piece, DurabilityMode? durability, Neighbour neighbour, string tier, ExplorationFigures figures)
    {
        RunPlan plan = RunPlan.Take(options.Workloads, options.Seed, piece, durability, options.Operations);
        if (IsRecycling(piece))
            plan = plan with { Options = Recycling(plan.Options), KeepsAllRecords = false };
        string? objection;
        try
        {
            objection = neighbour.Judge(RecordedRun.Record(plan, RunStart.New, beside: [neighbour]).History);
        }
#pragma warning disable CA1031 // An engine that fails otherwise than it says it would has not kept its promise.
        catch (Exception e)
        {
            objection = $"{e.GetType().Name}: {e.Message}";
        }
#pragma warning restore CA1031
        figures.Count(tier, 1, neighbour.Looks > 0 ? 1 : 0);
        if (objection is not null)
            figures.Add(new ExplorationFailure(tier, $"seed {plan.Seed}, workload {plan.Workload}, {plan.Options.Durability}", objection));
    }
}
