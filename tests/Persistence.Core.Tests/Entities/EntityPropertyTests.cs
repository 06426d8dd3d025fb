using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Persistence.Tests.Entities.Model;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>Random changes, schema changes, snapshots, checkpoints, cuts and restores, against a model that knows nothing but names and texts.</summary>
public sealed class EntityPropertyTests
{
    private const int Cases = 1500;

    private static readonly Gen<EntityStepKind> s_kinds = Gen.Frequency(
        (8, Gen.Constant(EntityStepKind.Batch)),
        (1, Gen.Constant(EntityStepKind.Large)),
        (2, Gen.Constant(EntityStepKind.Stale)),
        (4, Gen.Constant(EntityStepKind.Transaction)),
        (2, Gen.Constant(EntityStepKind.Refused)),
        (4, Gen.Constant(EntityStepKind.Schema)),
        (1, Gen.Constant(EntityStepKind.SchemaRefused)),
        (3, Gen.Constant(EntityStepKind.Checkpoint)),
        (1, Gen.Constant(EntityStepKind.CheckpointFails)),
        (1, Gen.Constant(EntityStepKind.Compact)),
        (6, Gen.Constant(EntityStepKind.Capture)),
        (1, Gen.Constant(EntityStepKind.Reopen)),
        (1, Gen.Constant(EntityStepKind.Crash)),
        (2, Gen.Constant(EntityStepKind.CrashInChange)),
        (1, Gen.Constant(EntityStepKind.Restore)),
        (2, Gen.Constant(EntityStepKind.OpenSnapshot)),
        (2, Gen.Constant(EntityStepKind.CloseSnapshot)),
        (2, Gen.Constant(EntityStepKind.Query)));

    private static readonly Gen<int> s_numbers = Gen.Choose(0, 10_000);

    private static readonly Arbitrary<EntityStep[]> s_steps = Arb.From(
        s_kinds.SelectMany(static kind => s_numbers.Three().Select(numbers => new EntityStep(kind, numbers.Item1, numbers.Item2, numbers.Item3))).ArrayOf(),
        static steps => ShrinkSteps(steps));

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    [InlineData(5UL)]
    public void Whatever_is_done_the_state_is_the_model_s(ulong seed)
    {
        ConcurrentDictionary<EntityStepKind, int> taken = new();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(60).WithReplay(seed * 7919, (seed * 2) + 1), Prop.ForAll(s_steps, steps =>
        {
            using EntityRun run = new();
            foreach (EntityStep step in steps)
                run.Take(step);
            foreach ((EntityStepKind kind, int count) in run.Taken)
                taken.AddOrUpdate(kind, count, (_, before) => before + count);
        }));
        foreach (EntityStepKind kind in Enum.GetValues<EntityStepKind>())
            Assert.True(taken.GetValueOrDefault(kind) > 100, $"{kind} was taken only {taken.GetValueOrDefault(kind)} times");
    }

    /// <summary>Without parts, half of it first.</summary>
    private static IEnumerable<EntityStep[]> ShrinkSteps(EntityStep[] steps)
    {
        for (int length = steps.Length / 2; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= steps.Length; start += length)
                yield return [.. steps[..start], .. steps[(start + length)..]];
        }
    }
}
