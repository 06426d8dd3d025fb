using Persistence.Compaction;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>What a run's store did beside its operations: shows that a run tested it.</summary>
/// <param name="Increments">Increments that got their name.</param>
/// <param name="Archived">Segments that got their name in the archive.</param>
/// <param name="Requested">Compactions that were asked for.</param>
/// <param name="Due">Compactions that were due.</param>
internal readonly record struct UpkeepCounts(int Increments, int Archived, int Requested, int Due)
{
    private const string IncrementEvidence = "increments taken";
    private const string ArchivedEvidence = "segments archived";
    private const string RequestedEvidence = "compactions asked for";
    private const string DueEvidence = "compactions that were due";

    /// <summary>Reads what the trace of a run shows.</summary>
    /// <param name="trace">From the creation of its store on.</param>
    /// <param name="compactions">Why each compaction was done.</param>
    public static UpkeepCounts Of(DiskTrace trace, IReadOnlyList<CompactionReason> compactions)
    {
        int requested = compactions.Count(static reason => reason == CompactionReason.Requested);
        return new UpkeepCounts(CountNamed(trace, StoreFiles.HasIncrementName), CountNamed(trace, StoreFiles.HasArchiveName), requested, compactions.Count - requested);
    }

    /// <summary>Adds them to a run's figures.</summary>
    public void NoteIn(ExplorationFigures figures)
    {
        figures.Note(IncrementEvidence, Increments);
        figures.Note(ArchivedEvidence, Archived);
        figures.Note(RequestedEvidence, Requested);
        figures.Note(DueEvidence, Due);
    }

    /// <summary>What never happened, in words.</summary>
    public static IEnumerable<string> FindMissing(ExplorationFigures figures)
    {
        if (figures.Evidence.GetValueOrDefault(IncrementEvidence) == 0)
            yield return "no increment was taken";
        if (figures.Evidence.GetValueOrDefault(ArchivedEvidence) == 0)
            yield return "no segment was archived";
        if (figures.Evidence.GetValueOrDefault(RequestedEvidence) + figures.Evidence.GetValueOrDefault(DueEvidence) == 0)
            yield return "nothing was compacted";
    }

    private static int CountNamed(DiskTrace trace, Func<string, bool> hasName) => trace.Operations.Count(operation => operation.Kind == DiskChangeKind.Rename && hasName(operation.NewName));
}
