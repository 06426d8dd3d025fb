using System.Diagnostics;

namespace Persistence.Diagnostics;

/// <summary>
/// One operation of a store: an activity while somebody listens, and an error counted when it fails. The default value does nothing. Whatever a
/// listener throws is dropped: no operation fails because of who watches it.
/// </summary>
internal readonly struct TracedOperation : IDisposable
{
    public const string Open = "open";
    public const string Commit = "commit";
    public const string Flush = "flush";
    public const string Checkpoint = "checkpoint";
    public const string Space = "space";
    public const string Transaction = "transaction";
    public const string Close = "close";

    private readonly StoreTelemetry? _telemetry;
    private readonly TimeProvider? _clock;
    private readonly string _name;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Activity? _activity;
    private readonly bool _isDetached;

    private TracedOperation(StoreTelemetry telemetry, TimeProvider clock, string name, KeyValuePair<string, object?>[] tags, Activity? parent, bool isDetached)
    {
        _telemetry = telemetry;
        _clock = clock;
        _name = name;
        _tags = tags;
        _isDetached = isDetached;
        if (!telemetry.Activities.HasListeners())
            return;
        Activity? before = Activity.Current;
        _activity = TryStart(telemetry.Activities, clock, name, tags, parent?.Context ?? default);
        if (isDetached || _activity is null)
            Activity.Current = before;
    }

    /// <summary>Whether somebody is told of it: without that, what there is to say of it need not be found out.</summary>
    public bool IsTraced => _activity is not null;

    /// <summary>Begins an operation.</summary>
    /// <param name="telemetry">Where it is traced, or null for nowhere.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="name">Which one: a constant of this type.</param>
    /// <param name="tags">What is known of the store so far.</param>
    public static TracedOperation Begin(StoreTelemetry? telemetry, TimeProvider clock, string name, KeyValuePair<string, object?>[] tags) =>
        telemetry is null ? default : new TracedOperation(telemetry, clock, name, tags, parent: null, isDetached: false);

    /// <summary>
    /// Begins an operation that may end anywhere, on any thread, before or after others begun meanwhile. So what is done until then is not part of it:
    /// it does not become the current activity.
    /// </summary>
    /// <param name="telemetry">Where it is traced.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="name">Which one: a constant of this type.</param>
    /// <param name="tags">What is known of the store.</param>
    /// <param name="outer">What it is part of; the default: of the current activity.</param>
    public static TracedOperation BeginDetached(StoreTelemetry telemetry, TimeProvider clock, string name, KeyValuePair<string, object?>[] tags, in TracedOperation outer) =>
        new(telemetry, clock, name, tags, outer._activity, isDetached: true);

    /// <summary>Says something more of it.</summary>
    public void Tag(string name, object? value) => _activity?.SetTag(name, value);

    /// <summary>It failed. What somebody called off is no failure.</summary>
    public void Fail(Exception error)
    {
        if (_telemetry is null || error is OperationCanceledException)
            return;
        CountError(_telemetry, error, _name, _tags);
        Mark(error);
    }

    /// <summary>It failed, and that is counted elsewhere.</summary>
    public void Mark(Exception error)
    {
        _activity?.SetTag(TelemetryTags.ErrorType, KindOf(error));
        _activity?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>It is over.</summary>
    public void Dispose()
    {
        if (_activity is null)
            return;
        Activity? before = Activity.Current;
        try
        {
            _activity.SetEndTime(_clock!.GetUtcNow().UtcDateTime);
            _activity.Dispose();
        }
#pragma warning disable CA1031 // A listener's mistake is not the store's.
        catch (Exception)
        {
            if (ReferenceEquals(Activity.Current, _activity))
                Activity.Current = _activity.Parent;
        }
#pragma warning restore CA1031
        // Its end would put back what was current when it began.
        if (_isDetached)
            Activity.Current = before;
    }

    /// <summary>Counts failed calls of one kind.</summary>
    public static void CountError(StoreTelemetry telemetry, Exception error, string operation, KeyValuePair<string, object?>[] tags, int count = 1)
    {
        if (!telemetry.Errors.Enabled)
            return;
        List<KeyValuePair<string, object?>> all = [.. tags, new(TelemetryTags.Operation, operation), new(TelemetryTags.ErrorType, KindOf(error))];
        if (error is StoreException { Error: StoreError.StoreFaulted, InnerException: Exception cause })
            all.Add(new(TelemetryTags.ErrorCause, KindOf(cause)));
        try
        {
            telemetry.Errors.Add(count, [.. all]);
        }
#pragma warning disable CA1031 // A listener's mistake is not the store's.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    private static string KindOf(Exception error) => error is StoreException known ? known.Error.ToString() : error.GetType().FullName!;

    /// <returns>The activity, current now; null where nobody wants it, and where a listener fails: what it left half begun is to be nobody's parent.</returns>
    private static Activity? TryStart(ActivitySource source, TimeProvider clock, string name, KeyValuePair<string, object?>[] tags, ActivityContext parent)
    {
        try
        {
            return source.StartActivity($"persistence.{name}", ActivityKind.Internal, parent, tags, links: null, clock.GetUtcNow());
        }
#pragma warning disable CA1031 // A listener's mistake is not the store's.
        catch (Exception)
        {
            return null;
        }
#pragma warning restore CA1031
    }
}
