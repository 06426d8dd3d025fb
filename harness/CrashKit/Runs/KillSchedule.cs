using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Runs;

/// <summary>
/// Draws the plans of one lane from its seed. Points come in rounds, each round in a new order, so that every one has its turn; one
/// that was not reached is sent for again.
/// </summary>
internal sealed class KillSchedule
{
    private const double ShareAtPoints = 0.6;
    private const double ShareWhileOpening = 0.05;
    private const int RunningMsMax = 40;
    private const int RunningMsLong = 250;
    private const int OpeningMsMax = 25;
    private const int UnsoughtEvery = 3;

    private readonly Random _random;
    private readonly IReadOnlyList<KillPoint> _points;
    private readonly Queue<KillPoint> _round = [];
    private readonly bool _wantsCreation;
    private readonly bool _seeksInFlight;
    private int _randomMoments;

    /// <param name="seed">Where the choices come from.</param>
    /// <param name="points">The points workers are sent to.</param>
    /// <param name="seeksInFlight">Whether most of the random moments are to find an operation in flight.</param>
    public KillSchedule(long seed, IReadOnlyList<KillPoint> points, bool seeksInFlight)
    {
        _seeksInFlight = seeksInFlight;
        _random = new Random(Mixer.Fold(seed));
        _points = [.. points.Where(point => point != KillPoint.InsideCreation)];
        _wantsCreation = points.Contains(KillPoint.InsideCreation);
    }

    /// <summary>The next plan.</summary>
    /// <param name="isNewStore">Whether there is no store yet.</param>
    /// <param name="archives">Whether the store archives its log.</param>
    public KillPlan Next(bool isNewStore, bool archives = true)
    {
        if (isNewStore)
            return _wantsCreation ? AtPoint(KillPoint.InsideCreation) : WhileRunning();
        double draw = _random.NextDouble();
        if (draw < ShareAtPoints && NextPoint(archives) is KillPoint point)
            return AtPoint(point);
        return draw > 1 - ShareWhileOpening
            ? new KillPlan(KillMoment.WhileOpening, Milliseconds(OpeningMsMax), null)
            : WhileRunning();
    }

    /// <summary>The point was not reached: it comes again soon.</summary>
    public void SendAgain(KillPoint point)
    {
        if (point != KillPoint.InsideCreation)
            _round.Enqueue(point);
    }

    /// <summary>The next one that the store comes to; those it does not come to wait for another store.</summary>
    private KillPoint? NextPoint(bool archives)
    {
        if (!_round.Any(point => archives || !KillPoints.NeedsArchive(point)))
            BeginRound();
        for (int left = _round.Count; left > 0; left--)
        {
            KillPoint point = _round.Dequeue();
            if (archives || !KillPoints.NeedsArchive(point))
                return point;
            _round.Enqueue(point);
        }

        return null;
    }

    private void BeginRound()
    {
        KillPoint[] shuffled = [.. _points.Where(point => !_round.Contains(point))];
        _random.Shuffle(shuffled);
        foreach (KillPoint point in shuffled)
            _round.Enqueue(point);
    }

    private KillPlan WhileRunning()
    {
        KillMoment moment = _seeksInFlight && ++_randomMoments % UnsoughtEvery != 0 ? KillMoment.InFlight : KillMoment.WhileRunning;
        return new KillPlan(moment, Milliseconds(_random.Next(20) == 0 ? RunningMsLong : RunningMsMax), null);
    }

    private KillPlan AtPoint(KillPoint point)
    {
        KillOrder order = new(point, _random.Next(PassagesOf(point)), _random.NextDouble(), _random.Next(2) == 0);
        return new KillPlan(KillMoment.AtPoint, Milliseconds(RunningMsMax), order);
    }

    /// <summary>How many passages a point may be given before the one that counts, so that it comes soon and not always first.</summary>
    private static int PassagesOf(KillPoint point) => point switch
    {
        KillPoint.InsideWrite or KillPoint.BetweenAckAndWrite or KillPoint.BeforeSync or KillPoint.AfterSync => 40,
        KillPoint.InsideRecovery => 24,
        KillPoint.InsideCreation => 20,
        KillPoint.InsideRootWrite or KillPoint.BeforeRollRename or KillPoint.AfterRollRename or KillPoint.InsideCheckpointWrite => 4,
        _ => 2,
    };

    private TimeSpan Milliseconds(int most) => TimeSpan.FromMilliseconds(1 + (_random.NextDouble() * (most - 1)));
}
