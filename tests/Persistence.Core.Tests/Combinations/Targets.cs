using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;

namespace Persistence.Tests.Combinations;

/// <summary>Draws moments to go back to, and knows whether that has to be possible.</summary>
internal sealed class Targets(Subject subject)
{
    private History History => subject.History;

    /// <summary>An earlier moment, in one of the ways to name it, what is there to be found, and whether it has to be.</summary>
    public (RecoveryTarget Target, Moment Wanted, bool IsPromised) Draw(Random random)
    {
        int way = random.Next(6);
        if (way == 0 && subject.Root.Checkpoints is { Count: > 0 } listed)
        {
            RootCheckpoint checkpoint = listed[random.Next(listed.Count)];
            Moment held = History.Head.At(checkpoint.End) ?? History.Head.Path().Last();
            return (RecoveryTarget.ToCheckpoint(checkpoint.Id), held, checkpoint.Id >= CheckpointChains.OldestTip(listed).Id);
        }

        Moment[] choice = [.. History.Head.Path().Where(moment => moment.WasDurable && !moment.IsBeginning).Take(random.Next(3) == 0 ? 10 : 500)];
        if (choice.Length == 0)
            return (RecoveryTarget.ToLsn(new Lsn(4096)), History.Head.Path().Last(), false);
        Moment wanted = choice[random.Next(choice.Length)];
        if (way == 1)
            return ByTime(wanted, random);
        // What was left is there for as long as its log is.
        if (way == 2 && History.All[random.Next(History.All.Count)] is { IsBeginning: false, WasDurable: true } any)
            wanted = any;
        return way == 3 && wanted.Parent is { IsBeginning: false } before
            ? (RecoveryTarget.ToLsn(new Lsn(wanted.First.Value - 1)), before, before.EndsFrame && IsInOneSegment(before, wanted) && subject.IsPromised(before))
            : (RecoveryTarget.ToLsn(wanted.Target), wanted, subject.IsPromised(wanted));
    }

    private (RecoveryTarget Target, Moment Wanted, bool IsPromised) ByTime(Moment wanted, Random random)
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(wanted.Time + random.Next(3));
        Moment last = History.Head.Path().First(moment => moment.Time <= (time - DateTimeOffset.UnixEpoch).Ticks);
        return (RecoveryTarget.ToTime(time), last, last.WasDurable && last.EndsFrame && subject.IsPromised(last));
    }

    /// <summary>Between two segments there are positions that are none.</summary>
    private static bool IsInOneSegment(Moment before, Moment after) => after.First - before.End < 1024;
}
