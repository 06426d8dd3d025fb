using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Oracle.Transactions;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Runs;

/// <summary>What a kill run has done so far. Thread-safe.</summary>
internal sealed class KillRunFigures
{
    private readonly object _lock = new();
    private readonly Dictionary<KillPoint, int> _requested = [];
    private readonly Dictionary<KillPoint, int> _fired = [];
    private readonly List<Failure> _failures = [];
    private int _kills;
    private int _verified;
    private int _unexpectedExits;
    private int _killsWhileRunning;
    private int _killsInFlight;
    private int _recoveries;
    private int _recoveriesReplaying;
    private int _inspections;
    private int _pastStates;
    private int _goneBack;
    private int _transactions;
    private int _dependencies;
    private int _stores;
    private long _acknowledged;
    private long _recovered;
    private long _replayed;
    private double _recoveryMs;
    private string? _couldNotRun;
    private readonly Dictionary<string, int> _deeds = new(StringComparer.Ordinal);
    private int _storesArchiving;
    private int _storesElsewhere;
    private int _backups;
    private int _backupIncrements;

    public bool HasStopped
    {
        get
        {
            lock (_lock)
                return _failures.Count > 0 || _couldNotRun is not null;
        }
    }

    public void Request(KillPoint point) => Count(_requested, point);

    public void Fire(KillPoint point) => Count(_fired, point);

    /// <param name="wasSignal">Whether the process ended by the signal.</param>
    /// <param name="wasRunning">Whether it ran its workload, with a store open.</param>
    /// <param name="operationsInFlight">How many operations it had said it would do and had not answered.</param>
    public void AddKill(bool wasSignal, bool wasRunning, int operationsInFlight)
    {
        lock (_lock)
        {
            _kills++;
            _unexpectedExits += wasSignal ? 0 : 1;
            _killsWhileRunning += wasRunning ? 1 : 0;
            _killsInFlight += operationsInFlight > 0 ? 1 : 0;
        }
    }

    public void AddRecovery(ReadyMessage ready)
    {
        lock (_lock)
        {
            _recoveries++;
            _recoveriesReplaying += ready.Replayed > 0 ? 1 : 0;
            _replayed += ready.Replayed;
            _recoveryMs += ready.RecoveryMs;
        }
    }

    /// <param name="kills">Kills since the store was verified last.</param>
    /// <param name="judgement">What the oracle says.</param>
    public void AddVerified(int kills, Judgement judgement)
    {
        lock (_lock)
        {
            _verified += kills;
            _acknowledged += judgement.Promised;
            _recovered += judgement.Recovered;
        }
    }

    /// <summary>A round of a program that is checked by another one.</summary>
    public void AddChecked(int acknowledged)
    {
        lock (_lock)
        {
            _verified++;
            _acknowledged += acknowledged;
            _recovered += acknowledged;
        }
    }

    /// <summary>A store's transactions on lists were judged, all there have been so far.</summary>
    public void AddTransactions(TransactionVerdict verdict)
    {
        lock (_lock)
        {
            _transactions = Math.Max(_transactions, verdict.Happened);
            _dependencies = Math.Max(_dependencies, verdict.Dependencies);
        }
    }

    public void AddInspection()
    {
        lock (_lock)
            _inspections++;
    }

    /// <param name="states">Earlier states that were compared.</param>
    /// <param name="wentBack">Stores that were taken back to one and went on from there.</param>
    public void AddPast(int states, int wentBack)
    {
        lock (_lock)
        {
            _pastStates += states;
            _goneBack += wentBack;
        }
    }

    /// <param name="options">How it is kept, where that is known here.</param>
    public void AddStore(StoreOptions? options = null)
    {
        lock (_lock)
        {
            _stores++;
            _storesArchiving += options?.ArchiveLog == true ? 1 : 0;
            _storesElsewhere += options is not null && (options.LogDirectory + options.CheckpointDirectory + options.ArchiveDirectory).Length > 0 ? 1 : 0;
        }
    }

    /// <summary>Something a store did beside its operations.</summary>
    public void Add(DidMessage did)
    {
        lock (_lock)
            _deeds[did.What] = _deeds.GetValueOrDefault(did.What) + 1;
    }

    /// <summary>A backup was taken beside a worker, restored and judged.</summary>
    public void AddBackup(bool isIncrement)
    {
        lock (_lock)
        {
            _backups++;
            _backupIncrements += isIncrement ? 1 : 0;
        }
    }

    public void Add(Failure failure)
    {
        Discrepancy plain = failure.Discrepancy with { Message = PlainText.Of(failure.Discrepancy.Message) };
        lock (_lock)
            _failures.Add(failure with { Discrepancy = plain });
    }

    public void CouldNotRun(string why)
    {
        lock (_lock)
            _couldNotRun ??= PlainText.Of(why);
    }

    public KillRunResult ToResult(KillRunOptions options, TimeSpan elapsed)
    {
        lock (_lock)
        {
            return new KillRunResult
            {
                Options = options,
                Elapsed = elapsed,
                Kills = _kills,
                Verified = _verified,
                UnexpectedExits = _unexpectedExits,
                KillsWhileRunning = _killsWhileRunning,
                KillsInFlight = _killsInFlight,
                Recoveries = _recoveries,
                RecoveriesReplaying = _recoveriesReplaying,
                RecordsReplayed = _replayed,
                RecoveryMsMean = _recoveries == 0 ? 0 : _recoveryMs / _recoveries,
                Inspections = _inspections,
                PastStates = _pastStates,
                GoneBack = _goneBack,
                Transactions = _transactions,
                Dependencies = _dependencies,
                Stores = _stores,
                StoresArchiving = _storesArchiving,
                StoresElsewhere = _storesElsewhere,
                Increments = _deeds.GetValueOrDefault(Deeds.Increment),
                Compactions = _deeds.GetValueOrDefault(Deeds.Compaction),
                ArchivedSegments = _deeds.GetValueOrDefault(Deeds.Archived),
                EntityDeeds = EntityDeeds.All.ToDictionary(static deed => deed, _deeds.GetValueOrDefault, StringComparer.Ordinal),
                Backups = _backups,
                BackupIncrements = _backupIncrements,
                Acknowledged = _acknowledged,
                Recovered = _recovered,
                PointsRequested = new Dictionary<KillPoint, int>(_requested),
                PointsFired = new Dictionary<KillPoint, int>(_fired),
                Failures = [.. _failures],
                WhyItCouldNotRun = _couldNotRun,
            };
        }
    }

    private void Count(Dictionary<KillPoint, int> counts, KillPoint point)
    {
        lock (_lock)
            counts[point] = counts.GetValueOrDefault(point) + 1;
    }
}
