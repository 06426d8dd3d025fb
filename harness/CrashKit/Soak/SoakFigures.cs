using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Soak;

/// <summary>What a soak has done so far. Thread-safe.</summary>
internal sealed class SoakFigures(SoakOptions options)
{
    private readonly object _lock = new();
    private readonly SampleSeries _samples = new(options.SampleEvery);
    private long _operations;
    private long _checkpoints;
    private int _restarts;
    private int _cleanStops;
    private int _settlements;
    private bool _wasInterrupted;
    private long _peakBytes;
    private long _harnessPeakBytes;
    private long _diskBytesMax;

    /// <summary>The kills and what was judged.</summary>
    public KillRunFigures Run { get; } = new();

    /// <summary>How often to take a sample.</summary>
    public TimeSpan SampleEvery
    {
        get
        {
            lock (_lock)
                return _samples.Interval;
        }
    }

    public void AddRestart()
    {
        lock (_lock)
            _restarts++;
    }

    public void AddCleanStop()
    {
        lock (_lock)
            _cleanStops++;
    }

    public void AddSettlement()
    {
        lock (_lock)
            _settlements++;
    }

    public void NoteInterruption()
    {
        lock (_lock)
            _wasInterrupted = true;
    }

    /// <param name="operations">Operations acknowledged and judged, in all.</param>
    /// <param name="checkpoints">Checkpoints among them.</param>
    public void NoteSettled(long operations, long checkpoints)
    {
        lock (_lock)
        {
            _operations = operations;
            _checkpoints = checkpoints;
        }
    }

    public void Add(SoakSample sample, long workerPeakBytes, long harnessPeakBytes)
    {
        lock (_lock)
        {
            _samples.Add(sample);
            _peakBytes = Math.Max(_peakBytes, workerPeakBytes);
            _harnessPeakBytes = Math.Max(_harnessPeakBytes, harnessPeakBytes);
            _diskBytesMax = Math.Max(_diskBytesMax, sample.DiskBytes);
        }
    }

    public SoakResult ToResult(TimeSpan elapsed)
    {
        lock (_lock)
        {
            return new SoakResult
            {
                Options = options,
                Run = Run.ToResult(options.Run, elapsed),
                Operations = _operations,
                Checkpoints = _checkpoints,
                Restarts = _restarts,
                CleanStops = _cleanStops,
                Settlements = _settlements,
                WasInterrupted = _wasInterrupted,
                PeakBytes = _peakBytes,
                HarnessPeakBytes = _harnessPeakBytes,
                DiskBytesMax = _diskBytesMax,
                Samples = [.. _samples.Samples],
            };
        }
    }
}
