using Persistence.CrashKit.Exploration;

namespace Persistence.CrashKit.Corruption;

/// <summary>
/// Damages every byte and every file of small stores of several shapes, one at a time and in every way there is, opens each, and judges it. Each
/// piece is a part of the damage of one store.
/// </summary>
internal sealed class CorruptionExploration : IExploration
{
    internal const string RefusedEvidence = "refused";
    internal const string ForgedEvidence = "forged damage convicted";
    private const string MadeTier = "made";
    private const string CanaryTier = "canary";
    private const string FileEvidence = "damaged: ";
    private const string PrefixEvidence = "ended early, reported";

    private readonly CorruptionOptions _options;
    private readonly Lazy<IDamageSubject>[] _stores;

    public CorruptionExploration(CorruptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _stores = [.. options.Shapes.Select(shape => new Lazy<IDamageSubject>(() => Make(shape)))];
    }

    public string Name => "corrupt";

    public long? PieceCount => (long)_stores.Length * _options.Parts;

    /// <summary>Not every store has files of every kind.</summary>
    private bool IsWhole => _options.Shapes.Count == StoreShape.All.Count;

    /// <summary>Whether a failure in a tier of that name came from damage: not from a store that could not be made, nor from the canary.</summary>
    public static bool IsByDamage(string tier) => tier is not (MadeTier or CanaryTier);

    /// <summary>Makes all the stores now, and not when their turn comes: by the engine as it is now.</summary>
    public CorruptionExploration Prepare()
    {
        foreach (Lazy<IDamageSubject> store in _stores)
            _ = store.Value;
        return this;
    }

    public ExplorationFigures Explore(long piece, CancellationToken stop)
    {
        ExplorationFigures figures = new();
        if (TryGetStore(piece, figures) is not IDamageSubject store)
            return figures;
        long part = piece / _stores.Length;
        IDamageJudge judge = store.CreateJudge();
        Dictionary<string, long> states = [];
        HashSet<ulong> seen = [];
        if (part == 0)
            Convict(store, judge, figures);
        foreach (Damage damage in new DamageSource(store, _options.Seed).All())
        {
            if (stop.IsCancellationRequested || figures.Failures.Count > 0)
                break;
            ulong hash = damage.HashDifference(store.Image);
            if (hash == 0 || (hash >> 32) % (ulong)_options.Parts != (ulong)part)
                continue;
            bool isNew = seen.Add(hash);
            figures.Count(damage.Tier, 1, isNew ? 1 : 0);
            if (isNew)
                Judge(store, judge, damage, hash, figures);
        }

        return figures;
    }

    /// <summary>What the engine writes is read here by the format's description, and not by the engine.</summary>
    private IDamageSubject? TryGetStore(long piece, ExplorationFigures figures)
    {
        try
        {
            return _stores[piece % _stores.Length].Value;
        }
#pragma warning disable CA1031 // An engine that fails, or that writes something else, has not kept its promise.
        catch (Exception e)
        {
            figures.Add(new ExplorationFailure(MadeTier, $"store {piece % _stores.Length}", $"the store cannot be made, or is not what its format says: {e.GetType().Name}: {e.Message}"));
            return null;
        }
#pragma warning restore CA1031
    }

    public IEnumerable<string> FindVacuity(ExplorationFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        // Of a backup there is nothing earlier.
        bool hasStores = _options.Shapes.Any(static shape => shape.Backup == BackupPart.None);
        foreach (string tier in DamageSource.Tiers.Where(tier => (hasStores || tier != DamageSource.Stale) && figures.Tiers.GetValueOrDefault(tier).Distinct == 0))
            yield return $"no damage of the kind '{tier}' was tried";
        foreach (string kind in FileKinds.All.Where(kind => IsWhole && figures.Evidence.GetValueOrDefault(FileEvidence + kind) == 0))
            yield return $"no file of the kind '{kind}' was damaged";
        foreach (string evidence in (string[])[RefusedEvidence, .. IsWhole ? (string[])[ForgedEvidence, PrefixEvidence] : []])
        {
            if (figures.Evidence.GetValueOrDefault(evidence) == 0)
                yield return $"nothing was {evidence}";
        }
    }

    private IDamageSubject Make(StoreShape shape)
    {
        int number = StoreShape.All.TakeWhile(other => other != shape).Count();
        return shape.MakeSubject(_options.Workloads[number % _options.Workloads.Count], _options.Seed + number);
    }

    private static void Judge(IDamageSubject store, IDamageJudge judge, Damage damage, ulong choice, ExplorationFigures figures)
    {
        DamageOutcome outcome = judge.Judge(damage, choice);
        foreach (FileDamage file in damage.Files)
            figures.Note(FileEvidence + store.KindOf(file.Path), 1);
        if (outcome.Wrong is not null)
        {
            figures.Add(new ExplorationFailure(damage.Tier, $"seed {store.Seed}, store '{store.Name}', {damage}", outcome.Wrong));
            return;
        }

        figures.Note(
            outcome.Kind switch
            {
                DamageOutcomeKind.Refused => RefusedEvidence,
                DamageOutcomeKind.Healed => "healed, reported",
                DamageOutcomeKind.ReportedPrefix => PrefixEvidence,
                _ => "whole, not depended on",
            },
            1);
        if (outcome.IsTolerated is bool tolerated)
            figures.Note(tolerated ? "then tolerated, reported" : "then refused in every mode", 1);
        if (outcome.IsContinued)
            figures.Note("written to and reopened", 1);
    }

    /// <summary>Damage whose checksums were made to fit is what no engine can see: the oracle has to.</summary>
    private static void Convict(IDamageSubject store, IDamageJudge judge, ExplorationFigures figures)
    {
        if (store.Forge() is not Damage forged)
            return;
        if (judge.Judge(forged, choice: 1).Wrong is not null)
            figures.Note(ForgedEvidence, 1);
        else
            figures.Add(new ExplorationFailure(CanaryTier, $"seed {store.Seed}, store '{store.Name}', {forged}", "the oracle did not see forged damage"));
    }
}
