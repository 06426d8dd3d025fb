using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Simulation;

/// <summary>What was done to entities in recorded runs: shows that these tested it.</summary>
internal static class EntityEvidence
{
    private const string Prefix = "entities: ";

    /// <summary>Adds what was done in a run to figures.</summary>
    public static void NoteIn(ExplorationFigures figures, RunHistory history)
    {
        foreach ((string deed, int count) in history.EntityDeeds)
            figures.Note(NameOf(deed), count);
    }

    /// <summary>What never happened though a workload has it, in words. Where writers meet is left to chance.</summary>
    public static IEnumerable<string> FindMissing(ExplorationFigures figures, IReadOnlyList<string> workloads) =>
        workloads.Any(static workload => WorkloadMix.Require(workload).IsOfEntities)
            ? EntityDeeds.All.Where(deed => deed != EntityDeeds.Conflict && figures.Evidence.GetValueOrDefault(NameOf(deed)) == 0).Select(static deed => $"{NameOf(deed)}: none")
            : [];

    /// <summary>What figures call it.</summary>
    public static string NameOf(string deed) => Prefix + deed;
}
