using System.Globalization;

namespace Persistence.Tests.Combinations;

/// <summary>One step of a run; what it draws it draws from its own seed, so that others can be left out.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Seed">How.</param>
internal readonly record struct Step(StepKind Kind, int Seed)
{
    private static readonly (StepKind Kind, int Weight)[] _weights =
    [
        (StepKind.Set, 14), (StepKind.Delete, 9), (StepKind.Batch, 7), (StepKind.LargeCommit, 2), (StepKind.Burst, 8), (StepKind.Transaction, 4), (StepKind.Note, 4), (StepKind.Flush, 3),
        (StepKind.Rotate, 3), (StepKind.Checkpoint, 12), (StepKind.CheckpointGivenUp, 3), (StepKind.RemoveCheckpoint, 2), (StepKind.Compact, 3), (StepKind.PassTime, 6), (StepKind.Reload, 4),
        (StepKind.Reopen, 5), (StepKind.MoveDirectory, 1), (StepKind.Crash, 3), (StepKind.CrashDuring, 4), (StepKind.GoBack, 5), (StepKind.ReadPast, 8), (StepKind.ReadLog, 3), (StepKind.ReadBeside, 2),
        (StepKind.Follow, 6), (StepKind.FollowAnew, 2), (StepKind.HoldSnapshot, 2), (StepKind.Backup, 2), (StepKind.BackupIncrement, 3), (StepKind.Restore, 3), (StepKind.GoOnRestored, 1),
        (StepKind.Salvage, 1), (StepKind.LoseNewestChain, 2), (StepKind.LoseRootSlot, 2), (StepKind.FillDisk, 2), (StepKind.FreeDisk, 3), (StepKind.Inspect, 3),
    ];

    public static Step[] DrawMany(Random random)
    {
        int sum = _weights.Sum(weight => weight.Weight);
        return [.. Enumerable.Range(0, random.Next(60, 200)).Select(_ => Draw(random, sum))];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Seed}");

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    public static Step Parse(string text)
    {
        string[] parts = text.Trim().Split(':');
        return new Step(Enum.Parse<StepKind>(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static Step Draw(Random random, int sum)
    {
        int drawn = random.Next(sum);
        foreach ((StepKind kind, int weight) in _weights)
        {
            drawn -= weight;
            if (drawn < 0)
                return new Step(kind, random.Next(100_000));
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}
