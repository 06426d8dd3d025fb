using System.Globalization;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>
/// Every operation of recorded runs fails in every way it can, once and from then on: while the store is created, opened, recovered, written to and closed.
/// A piece is a share of the faults of one run, the first of each sort before the second; shares of several runs take turns.
/// </summary>
internal sealed class FaultExploration : IExploration
{
    public const string StoppedEvidence = "stores that stopped for good";
    public const string RecoveredEvidence = "stores that got over it";
    public const string RefusedEvidence = "refused openings";
    public const string PowerCutEvidence = "power cuts judged";
    public const string CanaryEvidence = "canaries convicted";

    /// <summary>The tier of what fails though nothing had failed before, or would if nothing had.</summary>
    public const string UnhurtTier = "without a fault";

    private const int RunsInTurn = 8;
    internal const int SharesOfRun = 64;
    private const int AimedShareMin = 12;

    // In fewer it is left to chance what the runs come to.
    private const int UpkeepFaultsMin = 400;

    private static readonly FaultPhase[] PhasesNeeded = [FaultPhase.Creation, FaultPhase.Opening, FaultPhase.Recovery, FaultPhase.Work, FaultPhase.Close, FaultPhase.Reopening];

    private readonly FaultOptions _options;

    public FaultExploration(FaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    public string Name => "faults";

    public long? PieceCount => null;

    /// <summary>Whether a failure in a tier of that name came from a fault: not from a mistake that needs none.</summary>
    public static bool IsByFault(string tier) => tier is not (UnhurtTier or FullDiskExplorer.Tier);

    public static string FiredIn(FaultPhase phase) => $"fired in {phase}";

    public ExplorationFigures Explore(long piece, CancellationToken stop)
    {
        ExplorationFigures figures = new();
        (long number, int share) = Locate(piece);
        if (share == 0)
            new FullDiskExplorer(_options, figures).Explore(number, stop);
        if (TryPlan(number, figures) is not FaultPlan plan)
            return figures;
        FaultExplorer explorer = new(plan, _options, figures);
        foreach (FaultPoint point in ShareOf(plan.FindPoints().Where(point => _options.Aim?.Invoke(point) ?? true), share, _options.Aim is null ? 1 : AimedShareMin, _options.Shares))
        {
            if (stop.IsCancellationRequested || figures.Failures.Count >= _options.FailuresOfPieceMax)
                break;
            explorer.Explore(point, stop);
        }

        // Who looks for one mistake alone knows that he is to find it.
        if (piece == 0 && _options.Aim is null && !stop.IsCancellationRequested)
            figures.Note(CanaryEvidence, FaultCanary.IsConvicted(_options) ? 1 : 0);
        return figures;
    }

    public IEnumerable<string> FindVacuity(ExplorationFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        foreach (string kind in FaultKinds.All.Where(kind => _options.Workloads.Any(workload => FaultKinds.IsTriedWith(kind, workload))).Select(FaultKinds.NameOf))
        {
            if (figures.Tiers.GetValueOrDefault(kind).Distinct == 0)
                yield return $"no fault of the kind '{kind}' fired";
        }

        long fired = figures.Evidence.GetValueOrDefault(FaultExplorer.FiredEvidence);
        foreach (string reason in fired >= UpkeepFaultsMin ? UpkeepCounts.FindMissing(figures) : [])
            yield return reason;

        // Of several workloads each has its share of the runs.
        foreach (string reason in fired >= UpkeepFaultsMin * _options.Workloads.Count ? EntityEvidence.FindMissing(figures, _options.Workloads) : [])
            yield return reason;

        foreach (FaultPhase phase in PhasesNeeded)
        {
            if (figures.Evidence.GetValueOrDefault(FiredIn(phase)) == 0)
                yield return $"no fault fired in the phase {phase}";
        }

        foreach (string evidence in (string[])[StoppedEvidence, RecoveredEvidence, RefusedEvidence, PowerCutEvidence, CanaryEvidence, .. FullDiskExplorer.EvidenceNeeded])
        {
            if (figures.Evidence.GetValueOrDefault(evidence) == 0)
                yield return $"{evidence}: none";
        }
    }

    /// <summary>Every other run begins with a recovery.</summary>
    private FaultPlan? TryPlan(long number, ExplorationFigures figures)
    {
        try
        {
            return number % 2 == 0 ? FaultPlan.OnNewStore(_options, number) : FaultPlan.AfterCrash(_options, number);
        }
        catch (SimulationException e)
        {
            figures.Add(new ExplorationFailure(UnhurtTier, string.Create(CultureInfo.InvariantCulture, $"seed {_options.Seed}, run {number}"), e.Message));
            return null;
        }
    }

    private (long Run, int Share) Locate(long piece)
    {
        long round = piece / (RunsInTurn * _options.Shares);
        long place = piece % (RunsInTurn * _options.Shares);
        return ((round * RunsInTurn) + (place % RunsInTurn), (int)(place / RunsInTurn));
    }

    /// <summary>What is rare in a run is not to be lost among what is frequent: first come one fault of each sort, then a second one of each, and so on.</summary>
    /// <param name="points">The faults of one run.</param>
    /// <param name="share">Which share of them.</param>
    /// <param name="sizeMin">How many a share has at least: each share costs making the run again.</param>
    /// <param name="shares">Into how many they are divided.</param>
    internal static IEnumerable<FaultPoint> ShareOf(IEnumerable<FaultPoint> points, int share, int sizeMin = 1, int shares = SharesOfRun)
    {
        FaultPoint[] ordered = [.. points
            .GroupBy(SortOf)
            .SelectMany(sort => sort.OrderBy(point => point.Choice).Select((point, rank) => (point, rank)))
            .OrderBy(ranked => ranked.rank).ThenBy(ranked => ranked.point.Choice)
            .Select(ranked => ranked.point)];
        int size = Math.Max((ordered.Length + shares - 1) / shares, sizeMin);
        return ordered.Skip(share * size).Take(size);
    }

    private static (FaultKind, StorageOperationKind, string) SortOf(FaultPoint point)
    {
        string path = point.Operation.Path;
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        // What is staged is of several sorts: checkpoints, archived segments, copies of segments.
        string kind = StoreFiles.IsStaged(path) ? Path.GetExtension(path) : "";
        return (point.Kind, point.Operation.Kind, slash < 0 ? path : path[..slash] + kind);
    }
}
