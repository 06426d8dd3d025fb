using Persistence.Backups;
using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Runs;

/// <summary>
/// Backups of one store, full ones and increments, each taken by a thread of the controller while a worker writes to the store and is killed. What such a one gives back lies between what had been verified before the worker
/// began and what it has said it would do.
/// </summary>
/// <param name="directory">The store's directory.</param>
internal sealed class BackupsBeside(string directory)
{
    private const int ChainMax = 4;

    private static readonly StoreOptions Restored = new() { SegmentBytes = 64 << 10, ReserveBallastBytes = 0, SpareSegments = 0 };

    private readonly List<IFileSystem> _chain = [];
    private Thread? _thread;
    private StoreException? _refusal;
    private Exception? _unforeseen;
    private bool _isTaken;

    /// <summary>Whether the one that was taken last builds on another one.</summary>
    public bool IsIncrement => _chain.Count > 1;

    /// <summary>Begins to take one.</summary>
    public void Begin()
    {
        _refusal = null;
        _unforeseen = null;
        _isTaken = false;
        _thread = new Thread(Take) { IsBackground = true, Name = "backup" };
        _thread.Start();
    }

    /// <summary>Waits for the one that was begun.</summary>
    /// <returns>Whether one was taken: where retention has left a gap to the one before, an increment is refused, as it must be.</returns>
    /// <exception cref="StoreException">It was refused.</exception>
    public bool End()
    {
        if (_thread is null)
            return false;
        _thread.Join();
        _thread = null;
        if (_unforeseen is not null)
            throw new InvalidOperationException($"A backup failed with {_unforeseen.GetType().Name}: {_unforeseen.Message}", _unforeseen);
        return _refusal is null ? _isTaken : throw _refusal;
    }

    /// <summary>Restores the one that was taken last and holds it against what it may have.</summary>
    /// <param name="baseline">What had been verified before it was begun.</param>
    /// <param name="operations">What was said since.</param>
    /// <param name="isJudged">Whether a key is.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? FindDifference(Observation baseline, IReadOnlyList<Operation> operations, Predicate<string> isJudged)
    {
        StoreHost world = StoreHost.ForDirectory(directory);
        if (!StoreBackup.Verify(_chain, world).IsWhole)
            return "a backup that was just taken is not whole";
        Observation found = Restore(world with { Files = new SimulatedFileSystem() });
        if (_chain.Count == ChainMax)
            _chain.Clear();
        ILookup<string, string?> written = operations.SelectMany(static operation => operation.Writes).ToLookup(static write => write.Key, static write => write.Value, StringComparer.Ordinal);
        foreach (string key in baseline.Items.Keys.Union(found.Items.Keys).Where(key => isJudged(key)).Order(StringComparer.Ordinal))
        {
            (string? before, string? now) = (baseline.Items.GetValueOrDefault(key), found.Items.GetValueOrDefault(key));
            if (now != before && !written[key].Contains(now))
                return $"restored from a backup taken beside the writer, key '{key}' is {Show(now)}; it was {Show(before)} before, and nobody has written that since";
        }

        return null;
    }

    private void Take()
    {
        try
        {
            SimulatedFileSystem backup = new();
            StoreBackup.Take(StoreHost.ForDirectory(directory), backup, new BackupRequest { Parents = [.. _chain] });
            _chain.Add(backup);
            _isTaken = true;
        }
        catch (StoreException e) when (e.Error == StoreError.BackupInvalid && _chain.Count > 0)
        {
            _chain.Clear();
        }
        catch (StoreException e)
        {
            _refusal = e;
        }
#pragma warning disable CA1031 // Nobody is above this thread: whatever else comes out of the engine is a finding.
        catch (Exception e)
        {
            _unforeseen = e;
        }
#pragma warning restore CA1031
    }

    private Observation Restore(StoreHost restored)
    {
        StoreBackup.Restore(_chain, restored, Restored, new WorkloadStates().All);
        return StoreSessions.ObserveReadOnly(restored);
    }

    private static string Show(string? value) => value is null ? "absent" : $"'{value}'";
}
