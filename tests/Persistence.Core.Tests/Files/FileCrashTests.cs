using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Files;

/// <summary>A cut at every operation of transactions that change files, and at every operation of the recovery from it.</summary>
public sealed class FileCrashTests
{
    private static readonly CrashImageKind[] Kinds =
        [CrashImageKind.DropPending, CrashImageKind.KeepEverything, CrashImageKind.KeepNamesOnly, CrashImageKind.KeepDataOnly];

    [Theory]
    [InlineData("boot-1", DurabilityMode.Sync)]
    [InlineData("boot-2", DurabilityMode.Sync)]
    [InlineData("boot-2", DurabilityMode.None)]
    public void Keys_and_files_are_those_of_one_transaction_wherever_it_is_cut(string bootId, DurabilityMode durability)
    {
        List<Cut> cuts = [];
        Run(durability, (files, acknowledged, possible, operation) => cuts.AddRange(Kinds.Select(kind => new Cut($"{operation.Ordinal} ({operation.Kind} {operation.Path}) {kind}", files.CrashImage(kind), acknowledged, possible))));
        Assert.True(cuts.Count > 500, $"only {cuts.Count} cuts");
        int recoveries = 0;
        for (int i = 0; i < cuts.Count; i++)
        {
            cuts[i].Check(bootId);
            if (i % 23 == 0)
                recoveries += cuts[i].CheckRecoveryCutShort(bootId);
        }

        Assert.True(recoveries > 500, $"only {recoveries} recoveries cut short");
    }

    /// <summary>The next process finds in the cache what the one that was killed did, and makes it durable.</summary>
    [Fact]
    public void A_kill_at_any_operation_and_a_cut_after_the_next_opening_leave_the_files_of_the_state()
    {
        FaultInjectingFileSystem counting = new(new SimulatedFileSystem(), (in StorageOperation _) => null);
        using (FileStore store = FileStore.Create(counting, Options(DurabilityMode.Sync)))
            Work(store, static _ => { }, static _ => { });
        int kills = 0;
        for (long killedAt = 1; killedAt <= counting.OperationCount; killedAt++)
            kills += KillAt(killedAt) ? 1 : 0;
        Assert.True(kills > 200, $"only {kills} kills");
    }

    /// <returns>Whether the store was there.</returns>
    private static bool KillAt(long killedAt)
    {
        SimulatedFileSystem disk = new();
        string acknowledged = "", possible = "-: ", killed = "";
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Ordinal < killedAt)
                return null;
            if (operation.Ordinal == killedAt)
                killed = $"killed at operation {killedAt} ({operation.Kind} {operation.Path})";
            return new InjectedFault(StorageFault.Failed);
        });
        try
        {
            using FileStore store = FileStore.Create(files, Options(DurabilityMode.Sync));
            acknowledged = possible;
            Work(store, expected => possible = expected, expected => acknowledged = expected);
        }
        catch (StoreException)
        {
            // It is dead.
        }

        if (acknowledged.Length == 0)
            return false;
        using FileStore next = FileStore.Open(disk);
        string found = next.Dump();
        Assert.True(found == acknowledged || found == possible, $"{killed}: {found}; acknowledged {acknowledged}, possible {possible}");
        using FileStore afterCut = FileStore.Open(disk.CrashImage(CrashImageKind.DropPending), bootId: "boot-9");
        Assert.True(found == afterCut.Dump(), $"{killed}: {found}, and after the cut {afterCut.Dump()}");
        Assert.True(afterCut.Files.List().Select(file => file.Name).SequenceEqual(FileStore.NamesIn(afterCut.Disk, "files")), $"{killed}: after the cut there is {string.Join(' ', FileStore.NamesIn(afterCut.Disk, "files"))}");
        return true;
    }

    /// <summary>Tells of the disk before every operation that changes something, and what may be found then.</summary>
    private static void Run(DurabilityMode durability, Action<SimulatedFileSystem, string, string, StorageOperation> watch)
    {
        SimulatedFileSystem disk = new();
        string acknowledged = "-: ", possible = acknowledged;
        bool isOpen = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (isOpen && CrashPoint.Changes(operation.Kind))
                watch(disk, acknowledged, possible, operation);
            return null;
        });
        using FileStore store = FileStore.Create(files, Options(durability));
        isOpen = true;
        Work(store, expected => possible = expected, expected => acknowledged = expected);
    }

    private static StoreOptions Options(DurabilityMode durability) =>
        TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointsRetained = 1, Durability = durability };

    /// <summary>Tells of each state before and after the transaction that leads to it.</summary>
    private static void Work(FileStore store, Action<string> begins, Action<string> ends)
    {
        void Change(string expected, params (string Name, string? Content)[] changes)
        {
            begins(expected);
            store.Change(expected[..1], changes);
            Assert.Equal(expected, store.Dump());
            ends(expected);
        }

        Change("1: a=one b=b", ("a", "one"), ("b", "b"));
        Change("2: a=two b=b", ("a", "two"));
        Change("3: b=b", ("a", null));
        Change("4: a=four b=b", ("a", "four"), ("b", "x"), ("b", "b"));
        store.Store.TakeCheckpoint();
        Change("5: c=c", ("a", null), ("b", null), ("c", "c"));
        Change("6: a=six c=c", ("a", "six"));
        store.KeyValue.Set("fill", TestStore.Encode(new string('x', 25_000)));
        store.Store.TakeCheckpoint();
        Change("7: a=seven c=c", ("a", "x"), ("a", null), ("a", "seven"));
        store.Store.Close();
    }

    private sealed record Cut(string Name, SimulatedFileSystem Disk, string Acknowledged, string Possible)
    {
        public void Check(string bootId)
        {
            SimulatedFileSystem disk = Disk.CrashImage(CrashImageKind.KeepEverything);
            try
            {
                using FileStore store = FileStore.Open(disk, bootId: bootId);
                string found = store.Dump();
                Assert.True(found == Acknowledged || found == Possible, $"{Name}: {found}; acknowledged {Acknowledged}, possible {Possible}");
                Assert.Equal(store.Files.List().Select(file => file.Name), FileStore.NamesIn(disk, "files"));
                store.Change("8", ("a", "later"), ("b", null));
                Assert.Equal("later", store.Read("a"));
                using FileStore again = FileStore.Open(disk.CrashImage(CrashImageKind.DropPending), bootId: bootId);
                Assert.Equal(store.Dump(), again.Dump());
            }
            catch (StoreException e)
            {
                throw new InvalidOperationException($"{Name}: {e.Message}", e);
            }
        }

        public int CheckRecoveryCutShort(string bootId)
        {
            SimulatedFileSystem disk = Disk.CrashImage(CrashImageKind.KeepEverything);
            List<Cut> cuts = [];
            FaultInjectingFileSystem watched = new(disk, (in StorageOperation operation) =>
            {
                if (CrashPoint.Changes(operation.Kind))
                {
                    StorageOperation at = operation;
                    cuts.AddRange(Kinds.Select(kind => this with { Name = $"{Name}, recovery cut before {at.Ordinal} ({at.Kind} {at.Path}) {kind}", Disk = disk.CrashImage(kind) }));
                }

                return null;
            });
            FileStore.Open(watched, bootId: bootId).Dispose();
            foreach (Cut cut in cuts)
                cut.Check(bootId);
            return cuts.Count;
        }
    }
}
