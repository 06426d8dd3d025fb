using System.CommandLine;
using Persistence.Configuration;
using Persistence.CrashKit.Corruption;
using Persistence.CrashKit.Faults;
using Persistence.CrashKit.Mutants;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Terminals.PowerLoss;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.Harness.Commands;

/// <summary><c>harness mutants</c>.</summary>
internal sealed class MutantsCommand
{
    private const int StatesMax = 150_000;

    // Then one of the sound engine is damaged instead.
    private const int OwnStatesMax = 60_000;
    private const int SchedulesMax = 1500;
    private const int KillsMax = 100;
    private const int TransactionKillsMax = 20;
    private const string AfterRecovery = "after ";
    private const string EntityWorkload = "entities";
    private static readonly string[] OfEntities = ["removed-components-left-out", "increment-leaves-components-out", "generation-not-advanced", "components-outlive-entity", "dropped-field-shifts-columns"];
    private static readonly string[] OfTerminals = ["increment-leaves-output-out", "scrollback-trimmed-too-far", "destroyed-pane-comes-back"];

    private readonly Option<long> _seed = CheckedOption.Seed();
    private readonly Option<string[]> _only = new("--only") { Description = "Try these mutants alone.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> _models = new("--models") { Description = "Show, of the mutants that a power cut has to reveal, what simpler models of one would: a kill alone, all since the last sync gone, a suffix gone." };
    private readonly Option<bool> _allTiers = new("--all-tiers") { Description = "Try each mutant against every tier, not only the one that has to catch it: takes minutes." };
    private readonly Option<TimeSpan?> _duration = CheckedOption.Duration("--duration", "How long one tier tries one mutant (20s).", TimeSpan.FromDays(1));
    private readonly RunOutput _output = new();

    public static Command Create()
    {
        MutantsCommand mutants = new();
        Command command = new("mutants", "Try the harness against engines that make deliberate mistakes: it has to catch every one.");
        foreach (Option option in (Option[])[mutants._seed, mutants._only, mutants._allTiers, mutants._models, mutants._duration, .. mutants._output.All])
            command.Options.Add(option);
        command.SetAction(mutants.Run);
        return command;
    }

    private int Run(ParseResult parsed) => MutantProcess.IsThis ? _output.Run(parsed, () => Prepare(parsed)) : MutantProcess.Run(parsed, parsed.GetValue(_only) ?? []);

    private Func<string, CancellationToken, EndedRun> Prepare(ParseResult parsed)
    {
        MutantHuntOptions options = ReadOptions(parsed);
        if (parsed.GetValue(_models))
            return (_, interrupted) => CompareModels(options, interrupted);
        return (directory, interrupted) =>
        {
            MutantHunt hunt = new(Hunters(directory, options.Seed), options);
            MutantHuntResult result = ProgressLines.Watch(() => hunt.Progress, hunt.Run, interrupted);
            return new EndedRun(
                result.Verdict,
                HasEvidence: false,
                [.. MutantReport.Table(result), MutantReport.Final(result)],
                json => MutantReport.WriteJson(result, json),
                junit => MutantReport.WriteJUnit(result, junit));
        };
    }

    private static EndedRun CompareModels(MutantHuntOptions options, CancellationToken interrupted)
    {
        ModelComparison comparison = ProgressLines.Watch(static () => "comparing models of a power cut", stop => ModelComparison.Run(options, stop), interrupted);
        return new EndedRun(
            comparison.Verdict,
            HasEvidence: false,
            [.. MutantReport.Table(comparison), MutantReport.Final(comparison)],
            json => MutantReport.WriteJson(comparison, json),
            junit => MutantReport.WriteJUnit(comparison, junit));
    }

    private MutantHuntOptions ReadOptions(ParseResult parsed)
    {
        string[] only = parsed.GetValue(_only) ?? [];
        MutantHuntOptions options = new() { Seed = parsed.GetValue(_seed), AllTiers = parsed.GetValue(_allTiers) };
        if (parsed.GetValue(_duration) is TimeSpan duration)
            options = options with { TimeMax = duration };
        return only.Length == 0 ? options : options with { Mutants = [.. only.Select(name => MutantCatalog.Find(name)!)] };
    }

    private static IReadOnlyList<IMutantHunter> Hunters(string directory, long seed)
    {
        // An engine that is mistaken in how it reads may not be able to make a store: then one of the sound engine is damaged.
        CorruptionExploration sound = new CorruptionExploration(new CorruptionOptions { Seed = seed, Shapes = StoreShape.WithoutArchives }).Prepare();
        return
        [
            new ChainedHunter(
                MutantTier.Kill,
                new SparingHunter(
                    new ExplorationHunter(MutantTier.Kill, from => new NeighbourExploration(new PowerLossOptions { Seed = from }), SchedulesMax, static _ => true), "conflict-not-detected"),
                new KillHunter(HarnessWorker.Command, directory, "transactions", TransactionKillsMax),
                new KillHunter(HarnessWorker.Command, directory, "mixed", KillsMax)),
            new ChainedHunter(
                MutantTier.PowerLoss,
                new ChosenHunter(new ExplorationHunter(MutantTier.PowerLoss, from => new TerminalPowerLoss(PowerLoss(from) with { Tiers = [0], Durability = DurabilityMode.Sync }) { IsAimed = true }, StatesMax, static _ => true), OfTerminals),
                new ChosenHunter(new ExplorationHunter(MutantTier.PowerLoss, from => new PowerLossExploration(PowerLoss(from) with { Workloads = [EntityWorkload], Tiers = [0], Durability = DurabilityMode.Sync, ContinuedMax = 0 }), StatesMax, static _ => true), OfEntities),
                new SparingHunter(new ExplorationHunter(MutantTier.PowerLoss, from => new PowerLossExploration(PowerLoss(from) with { ContinuedMax = 0 }), StatesMax, static _ => true), [.. OfTerminals, .. OfEntities])),
            new ExplorationHunter(
                MutantTier.Continue, from => new PowerLossExploration(PowerLoss(from) with { Tiers = [0, 1], ContinuedMax = 8 }), StatesMax,
                static tier => tier == PowerLossExploration.BackTier || tier.Contains(AfterRecovery, StringComparison.Ordinal)),
            new ChainedHunter(
                MutantTier.Corruption,
                new ExplorationHunter(MutantTier.Corruption, from => new CorruptionExploration(new CorruptionOptions { Seed = from, Shapes = StoreShape.WithoutArchives }), OwnStatesMax, CorruptionExploration.IsByDamage),
                new ExplorationHunter(MutantTier.Corruption, _ => sound, StatesMax, CorruptionExploration.IsByDamage)),
            new ExplorationHunter(MutantTier.Fault, from => new FaultExploration(FaultsFor(MutantEngine.Active, from)), StatesMax, FaultExploration.IsByFault),
        ];
    }

    /// <summary>Some show only where a certain file is written, and in what comes after it: there is where these are looked for.</summary>
    private static FaultOptions FaultsFor(string? mutant, long seed)
    {
        FaultOptions options = new() { Seed = seed, FailuresOfPieceMax = 1 };
        return mutant switch
        {
            "archive-deleted-before-verified" => options with { Aim = static point => StoreFiles.IsStagedArchive(point.Operation.Path) },
            "short-write-ignored" => options with { Aim = static point => point.Kind == FaultKind.ShortWrite },
            "flush-error-ignored" or "flush-retried-and-believed" or "new-handle-used-to-flush" => options with { Aim = static point => FaultKinds.IsSync(point.Operation.Kind) },
            "full-disk-half-record" => options with { Aim = static point => point.Kind == FaultKind.DiskFull && IsLogWrite(point.Operation) },
            // One checkpoint fails and a later one does not: that takes runs with several, and shows when the store is opened again.
            "increment-on-wrong-parent" or "tombstones-dropped-by-failed-checkpoint" => options with
            {
                Workloads = ["checkpoints"],
                Operations = 24,
                CutsPower = false,
                Aim = static point => StoreFiles.IsStagedCheckpoint(point.Operation.Path) && !point.IsLasting && point.EndsWhileOpen,
            },
            // The same, of what is removed, which is seldom: so each checkpoint fails in one way.
            "removed-components-forgotten" => options with
            {
                Workloads = [EntityWorkload],
                Durability = DurabilityMode.Sync,
                Operations = 48,
                CutsPower = false,
                Shares = 1,
                Aim = static point => StoreFiles.IsStagedCheckpoint(point.Operation.Path) && point is { Kind: FaultKind.IoError, IsLasting: false, Operation.Kind: StorageOperationKind.Rename },
            },
            _ => options,
        };
    }

    private static bool IsLogWrite(StorageOperation operation) => operation.Kind == StorageOperationKind.Write && StoreFiles.IsSegment(operation.Path);

    /// <summary>The profile that allows everything, and the two that allow something else.</summary>
    private static PowerLossOptions PowerLoss(long seed) =>
        new() { Seed = seed, SampledMax = 300, WithNeighbours = false, Profiles = [CrashProfile.PosixMin, CrashProfile.Ext4Writeback, CrashProfile.NoPowersafeOverwrite] };
}
