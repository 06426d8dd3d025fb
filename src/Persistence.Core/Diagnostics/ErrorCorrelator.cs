namespace Persistence.Diagnostics;

/// <summary>
/// Turns errors that repeat, or follow from one another, into findings: a store's lock that is waited for in vain, a storm of one error, different
/// errors with one likely cause. Each appears once, is brought up to date as more errors come, and goes a minute after the last of them. It keeps kinds of
/// errors, names of stores and process ids, never messages, keys or values. Thread-safe.
/// </summary>
public sealed class ErrorCorrelator
{
    private const int ErrorsMax = 1_000;
    private const int FindingsMax = 100;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _clock;
    private readonly object _lock = new();

    // Under _lock.
    private readonly Queue<SeenError> _recent = [];
    private readonly Dictionary<(StoreError Cause, string? Store), ErrorGroup> _groups = [];

    /// <summary>Creates one that has seen nothing.</summary>
    public ErrorCorrelator(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
    }

    /// <summary>What has been found and is not over, the oldest first.</summary>
    public IReadOnlyList<ErrorFinding> Findings
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _groups.Values.OrderBy(group => group.FirstTimestamp).Select(ToFinding).ToArray();
            }
        }
    }

    /// <summary>Those of <see cref="Findings"/> that errors of one store are part of, seen within the last minute.</summary>
    /// <param name="store">The name or path by which its errors are reported.</param>
    public IReadOnlyList<ErrorFinding> FindingsOf(string store)
    {
        ArgumentNullException.ThrowIfNull(store);
        lock (_lock)
        {
            Forget();
            HashSet<(StoreError, string?)> keys = [.. _recent.Where(seen => seen.Store == store).Select(KeyOf)];
            return _groups.Where(pair => keys.Contains(pair.Key)).Select(pair => pair.Value).OrderBy(group => group.FirstTimestamp).Select(ToFinding).ToArray();
        }
    }

    /// <summary>Takes note of an error; an error it was caused by is noted with it.</summary>
    /// <returns>The finding that it brought to light; null when there is none, or it was known before.</returns>
    public ErrorFinding? Report(StoreException error, string store, int? ownerProcessId = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Report(error.Error, store, ownerProcessId, (error.InnerException as StoreException)?.Error);
    }

    /// <summary>Takes note of an error.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="store">The name or path of the store it is about.</param>
    /// <param name="ownerProcessId">Who held the store, if that is known.</param>
    /// <param name="cause">The error it says it was caused by, or null.</param>
    /// <returns>The finding that it brought to light; null when there is none, or it was known before.</returns>
    public ErrorFinding? Report(StoreError error, string store, int? ownerProcessId = null, StoreError? cause = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        lock (_lock)
        {
            Forget();
            SeenError seen = new(error, FindCause(cause ?? error, store), store, ownerProcessId, _clock.GetTimestamp(), _clock.GetUtcNow());
            Remember(seen);
            if (!_groups.TryGetValue(KeyOf(seen), out ErrorGroup? group))
                return Recognise(KeyOf(seen));
            group.Add(seen);
            return null;
        }
    }

    /// <summary>Whose lock is waited for in vain is one store's trouble; a full disk is that of all stores on it.</summary>
    private static (StoreError Cause, string? Store) KeyOf(SeenError error) => (error.Cause, error.Cause == StoreError.LockTimeout ? error.Store : null);

    /// <summary>The last error of the store that explains this one, or what explained the last one of its kind; else the error itself.</summary>
    private StoreError FindCause(StoreError error, string store)
    {
        IReadOnlyList<StoreError> causes = ErrorCauses.Of(error);
        SeenError? explaining = causes.Count == 0
            ? null
            : _recent.LastOrDefault(earlier => earlier.Store == store && (causes.Contains(earlier.Error) || (earlier.Error == error && earlier.IsSymptom)));
        return explaining?.Cause ?? error;
    }

    private void Remember(SeenError seen)
    {
        _recent.Enqueue(seen);
        if (_recent.Count > ErrorsMax)
            _recent.Dequeue();
    }

    private ErrorFinding? Recognise((StoreError Cause, string? Store) key)
    {
        List<SeenError> errors = [.. _recent.Where(seen => KeyOf(seen) == key)];
        if (_groups.Count >= FindingsMax || ErrorPatterns.Recognise(key.Cause, errors.Count, errors.Count(seen => seen.IsSymptom)) is null)
            return null;
        ErrorGroup group = new(key.Cause, errors);
        _groups.Add(key, group);
        return ToFinding(group);
    }

    private void Forget()
    {
        while (_recent.TryPeek(out SeenError? oldest) && IsOver(oldest.Timestamp))
            _recent.Dequeue();
        foreach ((StoreError, string?) key in _groups.Where(pair => IsOver(pair.Value.LastTimestamp)).Select(pair => pair.Key).ToArray())
            _groups.Remove(key);
    }

    private bool IsOver(long timestamp) => _clock.GetElapsedTime(timestamp) > Window;

    private ErrorFinding ToFinding(ErrorGroup group) => group.ToFinding(_clock.GetElapsedTime(group.FirstTimestamp, group.LastTimestamp));
}
