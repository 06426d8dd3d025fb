using Persistence.CrashKit.Corruption;
using Persistence.CrashKit.Exploration;
using Xunit;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>Stores to be damaged, and the judgement of what becomes of them.</summary>
public sealed class CorruptionTests
{
    private const string Workload = "mixed";

    /// <summary>Opened for writing only, and not written to.</summary>
    private const ulong OnceOnly = (1 << 16) | (1 << 24);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_stores_have_files_of_every_kind()
    {
        IEnumerable<IDamageSubject> stores = StoreShape.All.Select(shape => shape.MakeSubject(Workload, seed: 1));
        HashSet<string> kinds = [.. stores.SelectMany(store => store.Image.Paths.Select(store.KindOf))];
        Assert.Empty(FileKinds.All.Except(kinds));
    }

    [Fact]
    public void A_store_is_the_same_for_the_same_seed_and_another_one_for_another()
    {
        StoreShape shape = Shape("killed");
        StoreSample store = shape.Make(Workload, seed: 1);
        StoreSample again = shape.Make(Workload, seed: 1);
        Assert.Equal(store.Image.Paths, again.Image.Paths);
        Assert.All(store.Image.Paths, path => Assert.Equal(store.Image[path], again.Image[path]));
        Assert.NotEqual(store.Image[store.NewestPath], shape.Make(Workload, seed: 2).Image[store.NewestPath]);
        Assert.NotEqual(store.Root.StoreId, store.Foreign!.Root.StoreId);
    }

    [Fact]
    public void A_part_of_the_damage_of_some_stores_passes()
    {
        CorruptionOptions options = new() { Shapes = [Shape("killed"), Shape("closed, checkpoints, whole log"), Shape("killed in retirement")], Parts = 24 };
        ExplorationResult result = new ExplorationRun(new CorruptionExploration(options), new ExplorationOptions { States = 5000 }).Run(Cancellation);
        Assert.Empty(result.Figures.Failures);
        Assert.True(result.Figures.Distinct >= 5000);
        Assert.True(result.Figures.Evidence[CorruptionExploration.RefusedEvidence] > 500);
    }

    [Fact]
    public void The_parts_together_are_the_whole_and_share_nothing()
    {
        CorruptionOptions options = new() { Shapes = [Shape("just created")], Parts = 1 };
        ExplorationFigures whole = new CorruptionExploration(options).Explore(0, Cancellation);
        CorruptionExploration divided = new(options with { Parts = 3 });
        ExplorationFigures parts = new();
        for (int part = 0; part < 3; part++)
            parts.Add(divided.Explore(part, Cancellation), static _ => true);
        Assert.Equal(3, divided.PieceCount);
        Assert.True(whole.Distinct > 3000);
        Assert.Equal(whole.Tiers, parts.Tiers);
        Assert.Empty(whole.Failures);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("closed, records of one size")]
    [InlineData("killed, recovered, closed")]
    [InlineData("several writers, sectors of 4,096")]
    public void A_forged_value_is_convicted(string name)
    {
        StoreSample store = Shape(name).Make(Workload, seed: 1);
        DamageOutcome outcome = new CorruptionJudge(store).Judge(Forgery.Of(store)!, OnceOnly);
        Assert.NotEqual(DamageOutcomeKind.Refused, outcome.Kind);
        Assert.NotNull(outcome.Wrong);
    }

    [Fact]
    public void An_engine_that_looks_at_no_checksum_of_the_log_is_convicted()
    {
        StoreSample store = Shape("closed, records of one size").Make(Workload, seed: 1);
        CorruptionJudge blind = new(store, disk => new SealingFiles(disk));
        CorruptionJudge seeing = new(store);
        int frames = (int)(store.NewestFrames[0].Lsn - store.NewestFirstLsn);
        int convicted = 0;
        foreach (Damage damage in new DamageSource(store, seed: 1).All().Where(damage => damage.Tier == DamageSource.Flip && damage.Files[0].Path == store.NewestPath && damage.Files[0].Offset > frames).Take(400))
        {
            convicted += blind.Judge(damage, OnceOnly).Wrong is null ? 0 : 1;
            Assert.Null(seeing.Judge(damage, OnceOnly).Wrong);
        }

        Assert.True(convicted > 50, $"{convicted} of 400");
    }

    [Fact]
    public void A_prefix_that_nothing_proves_wrong_is_allowed_and_a_shorter_one_is_not()
    {
        StoreSample store = Shape("killed").Make("keyvalue", seed: 1);
        byte[] segment = store.Image[store.NewestPath];
        LogFrame last = store.NewestFrames[^1];
        int end = (int)(last.Lsn - store.NewestFirstLsn);
        Damage tail = new("x", "the last frame zeroed", FileDamage.Patch(store.NewestPath, end, new byte[segment.Length - end]));
        Assert.Equal(new DamageOutcome(DamageOutcomeKind.ReportedPrefix, null), new CorruptionJudge(store).Judge(tail, OnceOnly));

        // The same end, of an engine that does not see the last frame of an undamaged store.
        Damage padding = new("x", "padding", FileDamage.Patch(store.NewestPath, segment.Length - 1, [1]));
        CorruptionJudge shortened = new(store, disk => new ShortenedFiles(disk, store.NewestPath, end));
        Assert.Contains("the whole state or a refusal was due", shortened.Judge(padding, OnceOnly).Wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_that_an_older_checkpoint_needs_has_to_be_there()
    {
        StoreSample store = Shape("killed, two checkpoints, log dropped").Make(Workload, seed: 1);
        Assert.Equal(2, store.Root.Checkpoints.Count);
        string[] segments = [.. store.Image.Paths.Where(path => store.KindOf(path) is FileKinds.ActiveSegment or FileKinds.SealedSegment).Order(StringComparer.Ordinal)];
        Assert.True(segments.Length > 1);
        Assert.NotEqual("wal/0000000001.wal", segments[0]);
        Damage newest = new("x", "the newest checkpoint removed", FileDamage.Delete(StoreSample.CheckpointPath(store.Root.Checkpoints[^1])));
        Assert.Equal(new DamageOutcome(DamageOutcomeKind.Healed, null), new CorruptionJudge(store).Judge(newest, OnceOnly));
        Assert.Contains("and it is refused", new CorruptionJudge(store, disk => new HiddenFile(disk, segments[0])).Judge(newest, OnceOnly).Wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void An_opening_that_leaves_a_file_open_is_convicted()
    {
        StoreSample store = Shape("killed").Make(Workload, seed: 1);
        Damage owner = new("x", "OWNER removed", FileDamage.Delete("OWNER"));
        Assert.Null(new CorruptionJudge(store).Judge(owner, OnceOnly).Wrong);
        Assert.StartsWith("files were left open: ROOT", new CorruptionJudge(store, disk => new LeakingFiles(disk, "ROOT")).Judge(owner, OnceOnly).Wrong, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup, full")]
    [InlineData("backup, increment")]
    public void A_backup_of_which_a_byte_is_not_as_it_was_taken_is_refused(string name)
    {
        IDamageSubject backup = Shape(name).MakeSubject(Workload, seed: 1);
        IDamageJudge judge = backup.CreateJudge();
        foreach (string path in backup.Image.Paths)
        {
            byte[] content = backup.Image[path];
            Damage flipped = new("x", "a byte changed", FileDamage.Patch(path, content.Length / 2, [(byte)(content[content.Length / 2] ^ 1)]));
            Assert.Equal(new DamageOutcome(DamageOutcomeKind.Refused, null), judge.Judge(flipped, OnceOnly));
            Assert.Equal(new DamageOutcome(DamageOutcomeKind.Refused, null), judge.Judge(new Damage("x", "removed", FileDamage.Delete(path)), OnceOnly));
        }
    }

    [Fact]
    public void Another_backup_in_the_place_of_one_is_convicted()
    {
        IDamageSubject backup = Shape("backup, full").MakeSubject(Workload, seed: 1);
        Assert.Contains("is not as it was taken, and it is not refused", backup.CreateJudge().Judge(backup.Forge()!, OnceOnly).Wrong, StringComparison.Ordinal);
    }

    private static StoreShape Shape(string name) => StoreShape.All.Single(shape => shape.Name == name);
}
