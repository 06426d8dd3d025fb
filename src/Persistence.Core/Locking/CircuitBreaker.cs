using Persistence.Configuration;
using Persistence.Diagnostics;

namespace Persistence.Locking;

/// <summary>
/// Keeps a process from waiting again and again for a store's lock that is not to be had: after some lock timeouts in a row the circuit opens, and
/// whoever would wait fails at once. When its time is up one attempt goes through: success closes the circuit, another lock timeout opens it
/// again. One per store and process, handed to every opening. Thread-safe.
/// </summary>
public sealed class CircuitBreaker
{
    private readonly TimeProvider _clock;
    private readonly object _lock = new();

    // Under _lock. The era changes with the state: what began in another one decides nothing.
    private CircuitBreakerOptions _options;
    private CircuitState _state = CircuitState.Closed;
    private long _era;
    private int _failures;
    private long _openedTimestamp;
    private DateTimeOffset _openedAt;

    /// <summary>Creates a closed one.</summary>
    /// <param name="clock">Time. Setting the wall clock changes what is shown, not how long the circuit stays open.</param>
    /// <param name="options">Its limits; null for the defaults.</param>
    public CircuitBreaker(TimeProvider clock, CircuitBreakerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _options = options ?? new CircuitBreakerOptions();
    }

    /// <summary>Its figures just now.</summary>
    public CircuitStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _state == CircuitState.Closed
                    ? new CircuitStatus(_state, _failures, null, null)
                    : new CircuitStatus(IsTimeUp ? CircuitState.HalfOpen : _state, _failures, _openedAt, OpenUntil);
            }
        }
    }

    private bool IsTimeUp => _clock.GetElapsedTime(_openedTimestamp) >= TimeSpan.FromMilliseconds(_options.OpenMs);

    private DateTimeOffset OpenUntil => _openedAt.AddMilliseconds(_options.OpenMs);

    /// <summary>Gives it other limits. A circuit that is open stays open for as long as they say from when it was opened.</summary>
    public void Configure(CircuitBreakerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_lock)
            _options = options;
    }

    /// <summary>Makes an attempt to take the lock. Only a lock timeout counts as its failure.</summary>
    /// <exception cref="CircuitOpenException">The attempt was not made.</exception>
    internal T Run<T>(Func<T> attempt)
    {
        long era = Enter();
        try
        {
            T result = attempt();
            Succeeded(era);
            return result;
        }
        catch (StoreException e) when (e.Error == StoreError.LockTimeout)
        {
            TimedOut(era);
            throw;
        }
        catch
        {
            EndedOtherwise(era);
            throw;
        }
    }

    private long Enter()
    {
        lock (_lock)
        {
            if (_state == CircuitState.Open && IsTimeUp)
                Become(CircuitState.HalfOpen);
            else if (_state != CircuitState.Closed)
                throw new CircuitOpenException(_failures, OpenUntil, isTrialUnderWay: _state == CircuitState.HalfOpen);
            return _era;
        }
    }

    private void Succeeded(long era)
    {
        lock (_lock)
        {
            if (era != _era)
                return;
            _failures = 0;
            if (_state == CircuitState.HalfOpen)
                Become(CircuitState.Closed);
        }
    }

    private void TimedOut(long era)
    {
        lock (_lock)
        {
            if (era != _era)
                return;
            _failures++;
            if (_state == CircuitState.Closed && _failures < _options.FailuresToOpen)
                return;
            _openedTimestamp = _clock.GetTimestamp();
            _openedAt = _clock.GetUtcNow();
            Become(CircuitState.Open);
        }
    }

    /// <summary>Nothing is known of the lock: the next one may try.</summary>
    private void EndedOtherwise(long era)
    {
        lock (_lock)
        {
            if (era == _era && _state == CircuitState.HalfOpen)
                Become(CircuitState.Open);
        }
    }

    private void Become(CircuitState state)
    {
        _state = state;
        _era++;
    }
}
