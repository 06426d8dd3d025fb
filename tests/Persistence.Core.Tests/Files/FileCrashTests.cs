using Persistence.Configuration;
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
        using FileStore store = FileStore.Create(files, TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointsRetained = 1, Durability = durability });
        isOpen = true;
        void Change(string expected, params (string Name, string? Content)[] changes)
        {
            possible = expected;
            store.Change(expected[..1], changes);
            acknowledged = store.Dump();
            Assert.Equal(expected, acknowledged);
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
            catch (Persistence.Diagnostics.StoreException e)
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
