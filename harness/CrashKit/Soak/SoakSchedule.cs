using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Soak;

/// <summary>
/// Draws the lives of a run from its seed: as if each moment were as likely to be the last, so that there are short and long ones; of four
/// that follow each other three are ended by a kill.
/// </summary>
internal sealed class SoakSchedule
{
    private const double LifeToMeanMax = 4;
    private const int CleanEvery = 4;

    private readonly Random _random;
    private readonly TimeSpan _mean;
    private readonly int _firstClean;
    private int _lives;

    /// <param name="seed">Where the choices come from.</param>
    /// <param name="mean">How long a life is in the mean.</param>
    public SoakSchedule(long seed, TimeSpan mean)
    {
        _random = new Random(Mixer.Fold(seed));
        _mean = mean;
        // The first one is killed: a run that is ended early has then seen a kill.
        _firstClean = _random.Next(1, CleanEvery);
    }

    public SoakLife Next()
    {
        double toMean = Math.Min(-Math.Log(1 - _random.NextDouble()), LifeToMeanMax);
        return new SoakLife(_mean * toMean, _lives++ % CleanEvery != _firstClean);
    }
}
