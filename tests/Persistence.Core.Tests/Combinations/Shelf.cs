using System.Collections.Immutable;
using Persistence.Backups;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Combinations;

/// <summary>The backups that were taken of a store, and what each of them has to have.</summary>
internal sealed class Shelf(Subject subject)
{
    private readonly List<Entry> _entries = [];

    private History History => subject.History;

    public void Take(Random random, bool isIncrement)
    {
        Entry? parent = isIncrement && _entries.Count > 0 ? _entries[random.Next(_entries.Count)] : null;
        SimulatedFileSystem destination = new();
        IFileSystem[] parents = parent?.Directories ?? [];
        BackupInfo info;
        try
        {
            info = StoreBackup.Take(subject.Host(), destination, new BackupRequest { Parents = parents, IncludeArchive = random.Next(2) == 0 });
        }
        catch (StoreException e) when (e.Error is StoreError.BackupInvalid or StoreError.StoreMismatch && parent is not null)
        {
            bool isKept = subject.Settings.KeepsAllInLog || (subject.Root.Checkpoints is { Count: > 0 } listed && parent.Info.Position >= CheckpointChains.OldestTip(listed).RedoFrom);
            CombinationException.Require(parent.Turns != History.Turns || !isKept, $"No increment could be taken on the backup at LSN {parent.Info.Position}: {e.Message}");
            return;
        }

        Moment? moment = History.Head.At(info.Position);
        CombinationException.Require(moment is not null && History.Durable.IsOnPathOf(moment), $"The backup goes to {moment} (LSN {info.Position}), and {History.Durable} was durable before.");
        Entry entry = new([.. parents, destination], info, moment!, History.Turns);
        _entries.Add(entry);
        RequireWhole(entry);
    }

    /// <summary>Makes a store of a backup, at its end or at an earlier moment.</summary>
    /// <returns>The disks, and the state.</returns>
    public (CombinedDisks Disks, ImmutableSortedDictionary<string, string> State)? Restore(Random random)
    {
        if (_entries.Count == 0)
            return null;
        Entry entry = _entries[random.Next(_entries.Count)];
        RequireWhole(entry);
        Moment[] path = [.. entry.Moment.Path().Where(moment => !moment.IsBeginning)];
        Moment? wanted = random.Next(2) == 0 && path.Length > 0 ? path[random.Next(Math.Min(path.Length, 40))] : null;
        RecoveryTarget? target = wanted is null ? null : random.Next(3) == 0 ? RecoveryTarget.ToTime(Timestamp(wanted)) : RecoveryTarget.ToLsn(wanted.Target);
        // Of commits at one time the last counts.
        wanted = target?.Time is null ? wanted : path.First(moment => moment.Time <= wanted!.Time);
        CombinedDisks disks = new();
        // The check writes to what it checks: it gets a copy.
        return TryRestore(entry, disks, target, wanted) ? (disks, Require(disks.Image(CrashImageKind.KeepEverything), wanted ?? entry.Moment, wanted is null).State) : null;
    }

    private bool TryRestore(Entry entry, CombinedDisks disks, RecoveryTarget? target, Moment? wanted)
    {
        try
        {
            StoreBackup.Restore(entry.Directories, subject.Host(disks), Options(), [new KeyValueState()], target: target);
            return true;
        }
        catch (UnreachableTargetException e) when (wanted is not null)
        {
            Entry full = _entries.First(other => other.Directories[^1] == entry.Directories[0]);
            CombinationException.Require(wanted.Target < full.Info.Position, $"{wanted} cannot be restored: {e.Message}");
            return false;
        }
    }

    private Moment Require(CombinedDisks disks, Moment wanted, bool isExact)
    {
        KeyValueState items = new();
        using (PersistenceStore store = PersistenceStore.OpenConfigured(subject.Host(disks), [items]))
        {
            Moment least = isExact ? wanted : wanted.Path().First(moment => moment.EndsFrame);
            Moment found = wanted.Path().FirstOrDefault(moment => moment.Number >= least.Number && StateCheck.Differs(items, moment) is null)
                ?? throw new CombinationException($"The restored state is not that of {wanted}: {StateCheck.Differs(items, wanted)}");
            items.Set("after", [0xA1, (byte)'x']);
            store.Close();
            wanted = found;
        }

        CombinationException.Require(StoreInspector.Inspect(subject.Host(disks)).IsHealthy, $"The restored store is not whole.");
        using (PersistenceStore store = PersistenceStore.OpenConfigured(subject.Host(disks), [items]))
        {
            if (wanted.State.TryGetValue("after", out string? before))
                items.Set("after", Tests.Engine.TestStore.Encode(before));
            else
                items.Delete("after");
            StateCheck.Require(items, wanted, "restored");
            store.Close();
        }

        return wanted;
    }

    private static Persistence.Configuration.StoreOptions Options() => Tests.Engine.TestStore.SmallOptions with { SegmentBytes = 32 << 10 };

    private void RequireWhole(Entry entry)
    {
        BackupVerification verified = StoreBackup.Verify(entry.Directories, subject.Host());
        CombinationException.Require(verified.IsWhole, $"A backup is not whole: {string.Join(' ', verified.Findings.Select(finding => finding.Message))}");
    }

    private static DateTimeOffset Timestamp(Moment moment) => DateTimeOffset.UnixEpoch.AddTicks(moment.Time);

    /// <param name="Directories">The full backup, and the increments up to this one.</param>
    /// <param name="Info">What it says of itself.</param>
    /// <param name="Moment">The state it has.</param>
    /// <param name="Turns">Which history it is of.</param>
    private sealed record Entry(IFileSystem[] Directories, BackupInfo Info, Moment Moment, int Turns);
}
