using Persistence.Backups;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Repair;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals.Model;

/// <summary>A store of terminals and the model beside it, through everything that may happen to a store.</summary>
internal sealed class RandomRun : IDisposable
{
    private readonly Random _random;
    private readonly RandomChanges _changes;
    private readonly ManualClock _clock = new();
    private readonly StoreOptions _options;
    private readonly List<(Lsn Lsn, TerminalModel State)> _history = [];
    private SimulatedFileSystem _disk = new();
    private TerminalStore _store;
    private TerminalModel _model = new();

    public RandomRun(int seed)
    {
        _random = new Random(seed);
        _changes = new RandomChanges(_random);
        _options = TestStore.SmallOptions with
        {
            CheckpointIncrementFromBytes = 0,
            CheckpointIncrementsMax = _random.Next(5),
            CompactionRatioPercent = 0,
            CheckpointsRetained = _random.Next(1, 4),
            Compress = _random.Next(3) > 0,
            LogRetainBytes = _random.Next(2) == 0 ? 0 : long.MaxValue,
            FrameBytesMax = _random.Next(2) == 0 ? 4096 : 1 << 20,
            CheckpointCloseBytes = _random.Next(3) == 0 ? 1 : long.MaxValue,
            ArchiveLog = _random.Next(4) == 0,
        };
        _store = TerminalStore.Create(HostOf(_disk), _options);
    }

    /// <summary>What was done, and how often.</summary>
    public Dictionary<string, int> Done { get; } = [];

    public void Run(int steps)
    {
        Commit(_changes.Begin, 1);
        for (int i = 0; i < steps; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(5000)));
            (string name, Action step) = ChooseStep();
            step();
            Done[name] = Done.GetValueOrDefault(name) + 1;
            Done["chunks"] = Done.GetValueOrDefault("chunks") + _model.Panes.Sum(static pane => pane.Chunks().Count());
            Done["trimmed"] = Done.GetValueOrDefault("trimmed") + _model.Panes.Count(static pane => pane.Begin > 0);
            Compare(name, _store, _model.Dump(withBytes: i % 10 == 0), withBytes: i % 10 == 0);
        }

        Reopen();
        Compare("the end", _store, _model.Dump(), withBytes: true);
    }

    public void Dispose() => _store.Dispose();

    private (string Name, Action Step) ChooseStep() => _random.Next(100) switch
    {
        < 62 => ("commit", Commit),
        < 66 => ("checkpoint failed", FailCheckpoint),
        < 76 => ("checkpoint", () => _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = (CheckpointKind)_random.Next(3) })),
        < 78 => ("compaction", () => _store.Store.Compact()),
        < 81 => ("checkpoint removed", RemoveCheckpoint),
        < 86 => ("reopened", Reopen),
        < 90 => ("killed", Kill),
        < 93 => ("read-only", OpenReadOnly),
        < 95 => ("backup", BackUp),
        < 97 => ("salvage", Salvage),
        < 98 => ("earlier", OpenEarlier),
        < 99 => ("back", GoBack),
        _ => ("rotated", _store.Store.RotateLog),
    };

    private void Commit() => Commit(_changes.Add, _random.Next(1, 6));

    private void Commit(Action<TerminalBatch, TerminalModel> add, int count)
    {
        TerminalBatch batch = _store.Terminals.CreateBatch();
        TerminalModel next = _model.Copy();
        next.Now = _clock.GetUtcNow();
        bool isRefused = false;
        try
        {
            while (batch.Count < count)
                add(batch, next);
        }
        catch (ModelRefusal)
        {
            isRefused = true;
        }

        Commit(batch, next, isRefused);
    }

    private void Commit(TerminalBatch batch, TerminalModel next, bool isRefused)
    {
        try
        {
            CommitResult result = _store.Terminals.Commit(batch);
            Assert.False(isRefused, "what cannot be done was done");
            _model = next;
            _history.Add((new Lsn(result.End.Value - 1), next));
        }
        catch (StoreException e) when (e.Error is StoreError.SessionNotFound or StoreError.SessionExists or StoreError.WindowNotFound or StoreError.WindowExists or StoreError.PaneNotFound or StoreError.LayoutInvalid)
        {
            Assert.True(isRefused, $"what can be done was refused: {e.Message}");
            Done[e.Error.ToString()] = Done.GetValueOrDefault(e.Error.ToString()) + 1;
        }
    }

    private void RemoveCheckpoint()
    {
        IReadOnlyList<CheckpointInfo> listed = _store.Store.GetCheckpoints();
        if (listed.Count == 0)
            return;
        try
        {
            _store.Store.RemoveCheckpoints(listed[_random.Next(listed.Count)].Id);
        }
        catch (StoreException e) when (e.Error == StoreError.CheckpointInvalid)
        {
            // It is needed.
        }
    }

    /// <summary>Somewhere on its way it finds no more room, or it just fits.</summary>
    private void FailCheckpoint()
    {
        _disk.CapacityBytes = _disk.CapacityBytes - _disk.GetFreeBytes() + _random.Next(64 << 10);
        try
        {
            _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = (CheckpointKind)_random.Next(3) });
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull)
        {
            // Nothing has changed.
        }
        finally
        {
            _disk.CapacityBytes = long.MaxValue;
        }
    }

    private void Reopen()
    {
        _store.Store.Close();
        Assert.Empty(_disk.OpenFiles);
        _store = TerminalStore.Open(HostOf(_disk), _options);
    }

    private void Kill()
    {
        SimulatedFileSystem image = _disk.CrashImage(_random.Next(2) == 0 ? CrashImageKind.DropPending : CrashImageKind.KeepEverything);
        _store.Dispose();
        _disk = image;
        _store = TerminalStore.Open(HostOf(_disk), _options);
    }

    private void OpenReadOnly()
    {
        using TerminalStore reader = TerminalStore.OpenReadOnly(_disk);
        // It reads from files that are removed meanwhile.
        _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Compare("read-only", reader, _model.Dump(), withBytes: true);
    }

    private void BackUp()
    {
        SimulatedFileSystem backup = new();
        StoreBackup.Take(HostOf(_disk), backup, new BackupRequest());
        Assert.True(StoreBackup.Verify([backup], HostOf(new SimulatedFileSystem())).IsWhole);
        SimulatedFileSystem restored = new();
        StoreBackup.Restore([backup], HostOf(restored), _options, [new TerminalState()]);
        Check("restored", restored);
    }

    private void Salvage()
    {
        SimulatedFileSystem salvaged = new();
        StoreRepair.Run(HostOf(_disk.CrashImage(CrashImageKind.KeepEverything)), new RepairRequest { Mode = RepairMode.Salvage, Models = static () => [new TerminalState()], Destination = HostOf(salvaged), Options = _options });
        Check("salvaged", salvaged);
    }

    private void Check(string what, SimulatedFileSystem disk)
    {
        using (TerminalStore store = TerminalStore.Open(HostOf(disk), _options))
            Compare(what, store, _model.Dump(), withBytes: true);
        Assert.Empty(disk.OpenFiles);
    }

    private void OpenEarlier()
    {
        (Lsn lsn, TerminalModel state) = _history[_random.Next(_history.Count)];
        try
        {
            using TerminalStore earlier = TerminalStore.OpenReadOnly(_disk, RecoveryTarget.ToLsn(lsn));
            Compare("earlier", earlier, state.Dump(), withBytes: true);
        }
        catch (UnreachableTargetException) when (_options.LogRetainBytes == 0)
        {
            // Its log is gone.
        }
    }

    /// <summary>The store goes on from an earlier moment.</summary>
    private void GoBack()
    {
        _store.Store.Close();
        (Lsn lsn, TerminalModel state) = _history[_random.Next(_history.Count)];
        try
        {
            _store = TerminalStore.Open(HostOf(_disk), _options, target: RecoveryTarget.ToLsn(lsn));
            _model = state;
        }
        catch (UnreachableTargetException) when (_options.LogRetainBytes == 0)
        {
            _store = TerminalStore.Open(HostOf(_disk), _options);
        }
    }

    private static void Compare(string what, TerminalStore store, string expected, bool withBytes)
    {
        string found = TerminalDump.Of(store.Terminals, withBytes);
        Assert.True(found == expected, $"after {what}:\n{found}\ninstead of\n{expected}");
        Assert.Empty(((IStateModel)store.Terminals).FindViolations());
        Assert.Equal(TerminalDump.CountUnstored(store.Terminals), store.Terminals.UnstoredBytes);
        Assert.DoesNotContain(store.Store.RecoveryReport.Findings, static finding => finding.Severity == FindingSeverity.Error);
    }

    private StoreHost HostOf(IFileSystem files) => TestStore.DeterministicHostFor(files, (ulong)_random.NextInt64(), _clock);
}
