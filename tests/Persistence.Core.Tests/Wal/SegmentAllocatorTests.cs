using Persistence.Platform;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Wal;

public sealed class SegmentAllocatorTests
{
    private const int SegmentBytes = 64 << 10;
    private const string First = "wal/spare-0000000001";

    [Theory]
    [InlineData(StorageOperationKind.Write, false)]
    [InlineData(StorageOperationKind.SyncData, false)]
    [InlineData(StorageOperationKind.Sync, false)]
    [InlineData(StorageOperationKind.Write, true)]
    [InlineData(StorageOperationKind.SyncData, true)]
    [InlineData(StorageOperationKind.Sync, true)]
    public void A_file_that_is_being_prepared_is_nobody_elses_spare(StorageOperationKind stoppedAt, bool isSpare)
    {
        using OperationBlocker disk = new();
        disk.Disk.CreateDirectory(SegmentNames.Directory);
        SegmentAllocator preparing = new(disk.Files, SystemScheduler.Instance, SegmentBytes, []);
        OperationStop stop = disk.StopNext(operation => operation.Kind == stoppedAt && operation.Path == First);
        BackgroundCall preparation = new("preparation", () =>
        {
            if (isSpare)
                preparing.AddSpare();
            else
                preparing.Reserve(SegmentBytes).File.Dispose();
        });
        stop.WaitUntilReached();
        SegmentAllocator other = new(disk.Disk, SystemScheduler.Instance, SegmentBytes, [First]);
        ReservedSegment reserved = other.Reserve(SegmentBytes);
        byte[] frames = new byte[SegmentBytes];
        frames.AsSpan().Fill(0xAB);
        reserved.File.Write(frames, 0);
        stop.Release();
        preparation.Succeeded();
        byte[] read = new byte[SegmentBytes];
        Assert.Equal(SegmentBytes, reserved.File.Read(read, 0));
        Assert.Equal(frames, read);
        Assert.NotEqual(First, reserved.Path);
        reserved.File.Dispose();
    }

    [Fact]
    public void A_reserved_file_is_nobody_elses_spare_until_it_is_given_back()
    {
        SimulatedFileSystem files = new();
        files.CreateDirectory(SegmentNames.Directory);
        SegmentAllocator allocator = new(files, SystemScheduler.Instance, SegmentBytes, []);
        ReservedSegment reserved = allocator.Reserve(SegmentBytes);
        using (IFile other = files.Open(First, FileIntent.ReadWrite))
            Assert.False(other.TryLock(FileLockKind.Shared));
        allocator.Return(reserved);
        Assert.Equal(1, allocator.SpareCount);
        ReservedSegment again = new SegmentAllocator(files, SystemScheduler.Instance, SegmentBytes, [First]).Reserve(SegmentBytes);
        Assert.Equal(First, again.Path);
        again.File.Dispose();
    }

    [Fact]
    public void What_is_given_back_in_another_size_than_spares_have_is_removed()
    {
        SimulatedFileSystem files = new();
        files.CreateDirectory(SegmentNames.Directory);
        SegmentAllocator allocator = new(files, SystemScheduler.Instance, SegmentBytes, []);
        ReservedSegment large = allocator.Reserve(SegmentBytes + 1);
        Assert.Equal(SegmentAllocator.FillStepBytes, large.SizeBytes);
        allocator.Return(large);
        Assert.Equal(0, allocator.SpareCount);
        Assert.Empty(files.List(SegmentNames.Directory));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_spare_of_another_size_or_one_that_is_still_read_is_thrown_away(bool isRead)
    {
        SimulatedFileSystem files = new();
        files.CreateDirectory(SegmentNames.Directory);
        using IFile spare = files.Open(First, FileIntent.CreateNew);
        spare.Allocate(isRead ? SegmentBytes : SegmentBytes / 2);
        if (isRead)
            Assert.True(spare.TryLock(FileLockKind.Shared));
        ReservedSegment reserved = new SegmentAllocator(files, SystemScheduler.Instance, SegmentBytes, [First]).Reserve(SegmentBytes);
        Assert.Equal("wal/spare-0000000002", reserved.Path);
        Assert.Equal(["spare-0000000002"], files.List(SegmentNames.Directory).Select(entry => entry.Name));
        Assert.Equal(SegmentBytes, reserved.File.GetLength());
        reserved.File.Dispose();
    }

    [Theory]
    [InlineData(StorageOperationKind.Open)]
    [InlineData(StorageOperationKind.GetLength)]
    [InlineData(StorageOperationKind.Allocate)]
    public void A_spare_that_cannot_be_opened_now_is_tried_again_later(StorageOperationKind failing)
    {
        SimulatedFileSystem disk = new();
        disk.CreateDirectory(SegmentNames.Directory);
        using (IFile spare = disk.Open(First, FileIntent.CreateNew))
            spare.Allocate(SegmentBytes);
        bool fails = true;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == failing ? new InjectedFault(StorageFault.TooManyOpenFiles) : null);
        SegmentAllocator allocator = new(files, SystemScheduler.Instance, SegmentBytes, [First]);
        Assert.Equal(StorageFault.TooManyOpenFiles, Assert.Throws<StorageException>(() => allocator.Reserve(SegmentBytes)).Fault);
        Assert.Equal(1, allocator.SpareCount);
        fails = false;
        ReservedSegment reserved = allocator.Reserve(SegmentBytes);
        Assert.Equal(First, reserved.Path);
        reserved.File.Dispose();
    }

    [Theory]
    [InlineData(StorageOperationKind.TryLock)]
    [InlineData(StorageOperationKind.Allocate)]
    [InlineData(StorageOperationKind.Write)]
    [InlineData(StorageOperationKind.SyncData)]
    [InlineData(StorageOperationKind.Sync)]
    public void A_preparation_that_fails_leaves_nothing_behind(StorageOperationKind failing)
    {
        SimulatedFileSystem disk = new();
        disk.CreateDirectory(SegmentNames.Directory);
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            operation.Kind == failing ? new InjectedFault(StorageFault.DiskFull) : null);
        SegmentAllocator allocator = new(files, SystemScheduler.Instance, SegmentBytes, []);
        long free = disk.GetFreeBytes();
        Assert.Throws<StorageException>(() => allocator.Reserve(SegmentBytes));
        Assert.Throws<StorageException>(allocator.AddSpare);
        Assert.Empty(disk.List(SegmentNames.Directory));
        Assert.Equal(free, disk.GetFreeBytes());
        Assert.Equal(0, allocator.SpareCount);
    }
}
