using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Persistence.Diagnostics;

namespace Persistence.Tests.Diagnostics;

/// <summary>Listens to one telemetry, as a monitoring system in the process does, and keeps everything it is told.</summary>
internal sealed class TelemetryProbe : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ConcurrentQueue<Activity> _stopped = new();

    public TelemetryProbe(StoreTelemetry telemetry)
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, telemetry.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, telemetry.Activities),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => OnActivityStarted?.Invoke(activity),
            ActivityStopped = activity =>
            {
                OnActivityStopped?.Invoke(activity);
                _stopped.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>Called with the name of what is measured, on the thread that measures.</summary>
    public Action<string>? OnMeasured { get; set; }

    /// <summary>Called for each activity that starts, on the thread that starts it.</summary>
    public Action<Activity>? OnActivityStarted { get; set; }

    /// <summary>Called for each activity that stops, on the thread that stops it.</summary>
    public Action<Activity>? OnActivityStopped { get; set; }

    public IReadOnlyCollection<Measured> All => _measured;

    /// <summary>Activities in the order they ended.</summary>
    public IReadOnlyCollection<Activity> Activities => _stopped;

    public double Sum(string instrument) => Of(instrument).Sum(measured => measured.Value);

    public double[] Values(string instrument) => [.. Of(instrument).Select(measured => measured.Value)];

    public IEnumerable<Measured> Of(string instrument) => _measured.Where(measured => measured.Instrument.Name == instrument);

    /// <summary>What the gauges say now.</summary>
    public Measured[] Observe(string gauge)
    {
        int before = _measured.Count;
        _meters.RecordObservableInstruments();
        return [.. _measured.Skip(before).Where(measured => measured.Instrument.Name == gauge)];
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        OnMeasured?.Invoke(instrument.Name);
        Dictionary<string, object?> kept = [];
        foreach ((string name, object? tag) in tags)
            kept.Add(name, tag);
        _measured.Enqueue(new Measured(instrument, value, kept));
    }

    internal sealed record Measured(Instrument Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);
}
