using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class FaultInjectingFileSystemTests
{
    private readonly SimulatedFileSystem inner = new();

    [Theory]
    [InlineData(StorageFault.DiskFull)]
    [InlineData(StorageFault.Failed)]
    [InlineData(StorageFault.ReadOnly)]
    [InlineData(StorageFault.TooManyOpenFiles)]
    public void The_chosen_operation_fails_with_the_chosen_fault_and_does_nothing(StorageFault fault)
    {
        FaultInjectingFileSystem files = FailingAt(3, new InjectedFault(fault));
        using IFile file = files.Open("f", FileIntent.CreateNew);
        file.Write("one"u8, 0);
        StorageException error = Assert.Throws<StorageException>(() => file.Write("two"u8, 0));
        Assert.Equal((fault, "f"), (error.Fault, error.File));
        Assert.Equal("one", inner.FindText("f"));
        file.Write("three"u8, 0);
        Assert.Equal("three", inner.FindText("f"));
    }

    [Fact]
    public void A_short_write_leaves_its_prefix()
    {
        FaultInjectingFileSystem files = FailingAt(2, new InjectedFault(StorageFault.DiskFull) { PrefixBytes = 3 });
        using IFile file = files.Open("f", FileIntent.CreateNew);
        Assert.Throws<StorageException>(() => file.Write("abcdef"u8, 0));
        Assert.Equal("abc", inner.FindText("f"));
    }

    [Fact]
    public void A_lost_write_is_reported_as_done()
    {
        FaultInjectingFileSystem files = FailingAt(3, new InjectedFault(StorageFault.Failed) { IsLost = true });
        using IFile file = files.Open("f", FileIntent.CreateNew);
        file.Write("abc"u8, 0);
        file.Write("def"u8, 3);
        file.Write("ghi"u8, 6);
        Assert.Equal("abc\0\0\0ghi", inner.FindText("f"));
    }

    [Theory]
    [InlineData(null, "defabc", "other")]
    [InlineData("g", "...abc", "defer")]
    public void A_misdirected_write_lands_elsewhere_and_is_reported_as_done(string? path, string expected, string expectedOther)
    {
        inner.CreateText("g", "other").Dispose();
        FaultInjectingFileSystem files = FailingAt(4, new InjectedFault(StorageFault.Failed) { LandsAt = new Misdirection(path, 0) });
        using IFile file = files.Open("f", FileIntent.CreateNew);
        file.Write("..."u8, 0);
        file.Write("abc"u8, 3);
        file.Write("def"u8, 6);
        Assert.Equal((expected, expectedOther), (inner.FindText("f"), inner.FindText("g")));
    }

    [Fact]
    public void A_failure_after_the_fact_has_happened_all_the_same()
    {
        FaultInjectingFileSystem files = FailingAt(2, new InjectedFault(StorageFault.Failed) { IsAfterTheFact = true });
        files.Open("a", FileIntent.CreateNew).Dispose();
        Assert.Throws<StorageException>(() => files.Rename("a", "b"));
        Assert.Equal("b", Assert.Single(inner.List("")).Name);
    }

    [Fact]
    public void A_file_whose_opening_failed_after_the_fact_is_not_left_open()
    {
        FaultInjectingFileSystem files = FailingAt(1, new InjectedFault(StorageFault.Failed) { IsAfterTheFact = true });
        Assert.Throws<StorageException>(() => files.Open("f", FileIntent.CreateNew));
        using (IFile file = inner.Open("f", FileIntent.ReadWrite))
            file.Write(new byte[4096], 0);
        long before = inner.GetFreeBytes();
        inner.Delete("f");
        Assert.Equal(before + 4096, inner.GetFreeBytes());
    }

    [Fact]
    public void Every_operation_is_asked_about_with_its_path_and_number()
    {
        List<StorageOperation> seen = [];
        FaultInjectingFileSystem files = new(inner, (in StorageOperation operation) =>
        {
            seen.Add(operation);
            return null;
        });
        UseEverything(files);
        Assert.Equal(Enum.GetValues<StorageOperationKind>(), seen.Select(operation => operation.Kind).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(ordinal => (long)ordinal), seen.Select(operation => operation.Ordinal));
        Assert.Contains(new StorageOperation(StorageOperationKind.Write, "wal/1", 3, 3), seen);
        Assert.Equal(seen.Count, files.OperationCount);
    }

    [Fact]
    public void Any_operation_can_be_made_to_fail()
    {
        foreach (StorageOperationKind kind in Enum.GetValues<StorageOperationKind>())
        {
            FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
                operation.Kind == kind ? new InjectedFault(StorageFault.Failed) : null);
            Assert.Equal(StorageFault.Failed, Assert.Throws<StorageException>(() => UseEverything(files)).Fault);
        }
    }

    private FaultInjectingFileSystem FailingAt(long ordinal, InjectedFault fault) =>
        new(inner, (in StorageOperation operation) => operation.Ordinal == ordinal ? fault : null);

    private static void UseEverything(FaultInjectingFileSystem files)
    {
        files.CreateDirectory("wal");
        using (IFile file = files.Open("wal/1", FileIntent.CreateNew))
        {
            file.Write("abc"u8, 0);
            file.Read(new byte[3], 0);
            file.GetLength();
            file.SetLength(2);
            file.Allocate(100);
            file.SyncData();
            file.Sync();
            file.TryLock(FileLockKind.Shared);
        }
        files.List("wal");
        files.Rename("wal/1", "wal/2");
        files.Link("wal/2", "wal/3");
        files.Delete("wal/2");
        files.SyncDirectory("wal");
        files.GetFreeBytes();
    }
}
