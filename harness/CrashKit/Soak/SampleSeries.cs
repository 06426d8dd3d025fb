namespace Persistence.CrashKit.Soak;

/// <summary>Samples of a run of any length in bounded memory: when there are too many, every second one goes and they are taken half as often.</summary>
/// <param name="interval">How often at first.</param>
/// <param name="capacity">How many are kept.</param>
internal sealed class SampleSeries(TimeSpan interval, int capacity = 1024)
{
    private readonly List<SoakSample> _samples = [];

    /// <summary>How often to take one.</summary>
    public TimeSpan Interval { get; private set; } = interval;

    /// <summary>Those kept, oldest first.</summary>
    public IReadOnlyList<SoakSample> Samples => _samples;

    public void Add(SoakSample sample)
    {
        if (_samples.Count == capacity)
        {
            int place = 0;
            _samples.RemoveAll(_ => place++ % 2 == 1);
            Interval *= 2;
        }

        _samples.Add(sample);
    }
}
