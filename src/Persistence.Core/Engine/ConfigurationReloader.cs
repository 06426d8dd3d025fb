using System.Runtime.ExceptionServices;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;

namespace Persistence.Engine;

/// <summary>
/// Looks whether the file that configures an open store has changed, and puts in force what it says now. A file that cannot be understood, or
/// read, leaves everything as it was, and is a failure until it is mended.
/// </summary>
internal sealed class ConfigurationReloader
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // An editor may empty a file before it writes it: what was seen to change counts once it is seen a second time.
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(250);

    private readonly StoreHost _host;
    private readonly OptionOverrides _given;
    private readonly LiveOptions _live;
    private readonly Action<StoreConfiguration> _apply;
    private readonly IGate _gate;

    // Under _gate.
    private byte[]? _known;
    private byte[]? _changing;
    private bool _isChanging;
    private long _lookedAt;

    private Exception? _refused;
    private Exception? _unreadable;

    /// <param name="host">The store's outside world.</param>
    /// <param name="given">What the opening said, which overrides the file for as long as the store is open.</param>
    /// <param name="live">What is in force.</param>
    /// <param name="apply">Puts other values in force wherever they are not asked for each time.</param>
    public ConfigurationReloader(StoreHost host, OptionOverrides given, LiveOptions live, Action<StoreConfiguration> apply)
    {
        _host = host;
        _given = given;
        _live = live;
        _apply = apply;
        _gate = host.Scheduler.CreateGate();
        _lookedAt = host.Clock.GetTimestamp();
        _isChanging = true;
    }

    /// <summary>What is wrong with the file just now, or null.</summary>
    public Exception? Failure => Volatile.Read(ref _unreadable) ?? Volatile.Read(ref _refused);

    /// <summary>When the next look is due.</summary>
    public TimeSpan UntilNextLook
    {
        get
        {
            TimeSpan left = (_isChanging ? SettlePause : Pause) - _host.Clock.GetElapsedTime(Volatile.Read(ref _lookedAt));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Looks at the file, if that is due. What is wrong with it is kept.</summary>
    public void LookIfDue()
    {
        if (UntilNextLook > TimeSpan.Zero)
            return;
        _gate.Enter();
        try
        {
            Look();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Reads the file and puts in force what it says, changed or not.</summary>
    /// <exception cref="StoreException">What is wrong with it; everything stays as it was.</exception>
    public StoreConfiguration Reload()
    {
        _gate.Enter();
        try
        {
            if (TryRead(out byte[]? content))
                Act(content);
            if (Failure is Exception failure)
                ExceptionDispatchInfo.Throw(failure);
            return _live.Configuration;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Look()
    {
        Volatile.Write(ref _lookedAt, _host.Clock.GetTimestamp());
        if (!TryRead(out byte[]? content))
            return;
        if (_isChanging && IsSame(content, _changing))
        {
            Act(content);
            return;
        }

        _isChanging = !IsSame(content, _known);
        _changing = content;
    }

    private bool TryRead(out byte[]? content)
    {
        content = null;
        try
        {
            content = ConfigurationFile.TryRead(_host.Files);
            Volatile.Write(ref _unreadable, null);
            return true;
        }
        catch (StoreException e)
        {
            Volatile.Write(ref _unreadable, e);
            return false;
        }
    }

    private void Act(byte[]? content)
    {
        _known = content;
        _isChanging = false;
        try
        {
            StoreConfiguration changed = ConfigurationFile.Resolve(_host, content, _given).WhileOpenWith(_live.Configuration);
            _apply(changed);
            _live.Configuration = changed;
            Volatile.Write(ref _refused, null);
        }
        catch (StoreException e)
        {
            Volatile.Write(ref _refused, e);
        }
    }

    private static bool IsSame(byte[]? one, byte[]? other) => one is null || other is null ? one == other : one.AsSpan().SequenceEqual(other);
}
