using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Root;

public sealed class RootFileTests
{
    private const int SlotBytes = 8192;

    private static readonly RootRecord Full = new()
    {
        Generation = 1,
        ReadOnlyCompatibleFeatures = 2,
        CompatibleFeatures = 4,
        StoreId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Epoch = 7,
        ActiveSequence = 12,
        ActiveFirstLsn = new Lsn(long.MaxValue - 5),
        ActiveSalt = ulong.MaxValue,
        OldestNeededSequence = 9,
        OldestNeededLsn = new Lsn(123_456),
        DurableFloor = new Lsn(234_567),
        Clean = true,
        Checkpoints = [new RootCheckpoint(3, 0, new Lsn(10), new Lsn(20), uint.MaxValue), new RootCheckpoint(4, 0, new Lsn(30), new Lsn(40), 5)],
        Branches = [new RootBranch(2, new Lsn(50), new Lsn(60))],
        BootId = "boot",
        Created = 1_700_000_000,
        NextCheckpointId = 5,
    };

    [Fact]
    public void As_many_checkpoints_branches_and_directories_as_there_may_be_fit_the_page()
    {
        Lsn far = new(long.MaxValue);
        RootRecord largest = Full with
        {
            Epoch = long.MaxValue,
            ActiveSequence = long.MaxValue,
            OldestNeededSequence = long.MaxValue,
            OldestNeededLsn = far,
            DurableFloor = far,
            FreeLsn = far,
            Created = long.MaxValue,
            NextCheckpointId = long.MaxValue,
            BootId = new string('b', 36),
            Checkpoints = [.. Enumerable.Repeat(new RootCheckpoint(1L << 31, 2, far, far, uint.MaxValue), CheckpointChains.ListedMax)],
            Branches = [.. Enumerable.Repeat(new RootBranch(1L << 31, far, far), RootBranches.ListedMax)],
            Directories = [.. ((string[])["wal", "checkpoints", "archive"]).Select(name => new RootDirectory(name, new string('p', PathKey.BytesMax), Guid.NewGuid()))],
        };
        Assert.Equal(RootCodec.CopyBytes, RootCodec.Encode(largest).Length);
    }

    [Fact]
    public void Every_field_is_read_back_and_so_is_what_a_later_version_added()
    {
        // A map entry with a key of the future: 99 => "new".
        byte[] unknown = [99, 0xA3, (byte)'n', (byte)'e', (byte)'w'];
        byte[] page = RootCodec.Encode(Full with { UnknownEntries = [unknown] });
        RootRecord read = RootCodec.Decode(page)!;
        Assert.Equal(page, RootCodec.Encode(read));
        Assert.Equal([unknown], read.UnknownEntries);
        Assert.Equal(Full.Branches, read.Branches);
        Assert.Equal(Full.Checkpoints, read.Checkpoints);
        Assert.Equal(
            Full with { Checkpoints = [], Branches = [], UnknownEntries = [] }, read with { Checkpoints = [], Branches = [], UnknownEntries = [] });
    }

    [Fact]
    public void Updates_go_to_the_two_slots_in_turn_and_are_durable_when_they_return()
    {
        SimulatedFileSystem disk = NewDisk();
        using RootFile root = OpenForWriting(disk);
        for (long generation = 2; generation < 8; generation++)
        {
            Assert.Equal(generation, root.Update(record => record with { Epoch = generation }).Generation);
            Assert.Equal(generation - 1, root.Previous!.Generation);
            RootReading read = RootFile.Read(disk.CrashImage(CrashImageKind.DropPending));
            Assert.Equal((generation, generation), (read.Believed!.Generation, read.Believed.Epoch));
            Assert.Equal(generation - 1, read.Other!.Generation);
            Assert.Empty(read.Defects);
        }
    }

    [Theory]
    [InlineData(StorageOperationKind.Write, false)]
    [InlineData(StorageOperationKind.Write, true)]
    [InlineData(StorageOperationKind.SyncData, false)]
    [InlineData(StorageOperationKind.SyncData, true)]
    public void After_an_update_that_failed_none_is_tried_any_more(StorageOperationKind failing, bool isAfterTheFact)
    {
        SimulatedFileSystem disk = NewDisk();
        bool fails = false;
        int writes = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            writes += operation.Kind is StorageOperationKind.Write or StorageOperationKind.SyncData ? 1 : 0;
            return fails && operation.Kind == failing ? new InjectedFault(StorageFault.Failed) { IsAfterTheFact = isAfterTheFact } : null;
        });
        using RootFile root = OpenForWriting(files);
        root.Update(record => record with { Epoch = 8 });
        fails = true;
        Assert.Throws<StorageException>(() => root.Update(record => record with { Epoch = 9 }));
        fails = false;
        int before = writes;
        Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(() => root.Update(record => record with { Epoch = 10 })).Error);
        Assert.Equal(before, writes);
        Assert.Equal(8, root.Current.Epoch);
        Assert.InRange(RootFile.Read(disk).Believed!.Epoch, 8, 9);
    }

    [Fact]
    public void An_update_that_does_not_fit_is_refused_before_anything_is_written()
    {
        SimulatedFileSystem disk = NewDisk();
        using RootFile root = OpenForWriting(disk);
        RootCheckpoint[] tooMany = [.. Enumerable.Range(0, 400).Select(id => new RootCheckpoint(id, 0, new Lsn(1L << 40), new Lsn(1L << 40), uint.MaxValue))];
        StoreException refused = Assert.ThrowsAny<StoreException>(() => root.Update(record => record with { Checkpoints = tooMany }));
        Assert.Equal(StoreError.ConfigurationInvalid, refused.Error);
        Assert.Equal(1, RootFile.Read(disk).Believed!.Generation);
        Assert.Equal(2, root.Update(record => record with { Epoch = 8 }).Generation);
    }

    [Fact]
    public void An_update_cut_anywhere_leaves_the_old_record_or_the_new_one()
    {
        SimulatedFileSystem disk = NewDisk();
        using (RootFile root = OpenForWriting(disk))
        {
            root.Update(record => record with { Epoch = 20 });
            root.Update(record => record with { Epoch = 30 });
        }

        HashSet<long> seen = [];
        for (int written = 0; written <= SlotBytes; written += 61)
        {
            SimulatedFileSystem torn = disk.CrashImage(CrashImageKind.KeepEverything);
            FaultInjectingFileSystem files = new(torn, (in StorageOperation operation) =>
                operation.Kind == StorageOperationKind.Write && operation.Ordinal > 3 ? new InjectedFault(StorageFault.Failed) { PrefixBytes = written } : null);
            RootReading reading = RootFile.Read(torn);
            using (RootFile root = RootFile.OpenForWriting(files, SystemScheduler.Instance, reading))
                Assert.Throws<StorageException>(() => root.Update(record => record with { Epoch = 40 }));
            RootRecord believed = RootFile.Read(torn.CrashImage(CrashImageKind.KeepEverything)).Believed!;
            Assert.Equal(believed.Epoch, believed.Generation * 10);
            seen.Add(believed.Epoch);
        }

        Assert.Equal([30, 40], seen.Order());
    }

    [Fact]
    public void What_is_believed_is_made_durable_before_the_other_slot_is_touched()
    {
        SimulatedFileSystem disk = NewDisk();
        using (RootFile first = OpenForWriting(disk))
            first.Update(record => record with { Epoch = 20 });
        // A failed sync leaves the newest record where only memory may hold it.
        List<(StorageOperationKind Kind, int Slot)> operations = [];
        RecordingFileSystem files = new(disk, operations);
        using RootFile root = OpenForWriting(files);
        Assert.Equal([(StorageOperationKind.Write, 0), (StorageOperationKind.SyncData, -1)], operations);
        root.Update(record => record with { Epoch = 30 });
        Assert.Equal([(StorageOperationKind.Write, 1), (StorageOperationKind.SyncData, -1)], operations[2..]);
    }

    private static SimulatedFileSystem NewDisk()
    {
        SimulatedFileSystem disk = new();
        disk.CreateDirectory(AtomicFile.StagingDirectory);
        RootFile.Create(disk, Full);
        return disk;
    }

    private static RootFile OpenForWriting(IFileSystem files) => RootFile.OpenForWriting(files, SystemScheduler.Instance, RootFile.Read(files));

    /// <summary>Notes which slot each whole write of a slot went to, and each sync.</summary>
    private sealed class RecordingFileSystem(IFileSystem inner, List<(StorageOperationKind Kind, int Slot)> operations) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new RecordingFile(base.Open(path, intent), operations);

    }

    private sealed class RecordingFile(IFile inner, List<(StorageOperationKind Kind, int Slot)> operations) : ForwardingFile(inner)
    {
        public override void Write(ReadOnlySpan<byte> data, long offset)
        {
            Assert.Equal(SlotBytes, data.Length);
            Assert.Equal(data[..(SlotBytes / 2)], data[(SlotBytes / 2)..]);
            operations.Add((StorageOperationKind.Write, (int)(offset / SlotBytes)));
            base.Write(data, offset);
        }

        public override void SyncData()
        {
            operations.Add((StorageOperationKind.SyncData, -1));
            base.SyncData();
        }

    }
}
