using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class SimulatedCapacityTests
{
    private readonly SimulatedFileSystem files = new(capacityBytes: 4 * 4096);

    [Fact]
    public void A_write_that_does_not_fit_writes_what_fits_and_fails()
    {
        using IFile file = files.CreateText("f", "");
        Full(() => file.Write(new byte[100_000], 0));
        Assert.Equal(4 * 4096, file.GetLength());
        Assert.Equal(0, files.GetFreeBytes());
        file.Write("again"u8, 100);
    }

    [Fact]
    public void Deleting_a_file_frees_its_space_when_its_last_handle_is_closed()
    {
        IFile file = files.CreateText("f", new string('x', 10_000));
        Assert.Equal(4096, files.GetFreeBytes());
        files.Link("f", "g");
        files.Delete("f");
        files.Delete("g");
        Assert.Equal(4096, files.GetFreeBytes());
        file.Dispose();
        Assert.Equal(4 * 4096, files.GetFreeBytes());
    }

    [Fact]
    public void What_is_open_is_told_until_it_is_closed()
    {
        IFile second = files.CreateText("g", "");
        IFile first = files.CreateText("f", "");
        Assert.Equal(["f", "g"], files.OpenFiles);
        second.Dispose();
        second.Dispose();
        Assert.Equal(["f"], files.OpenFiles);
        first.Dispose();
        Assert.Empty(files.OpenFiles);
    }

    [Fact]
    public void Cutting_a_file_frees_whole_pages_and_holes_take_none()
    {
        using IFile file = files.CreateText("f", new string('x', 10_000));
        file.SetLength(1);
        Assert.Equal(3 * 4096, files.GetFreeBytes());
        file.SetLength(1_000_000);
        Assert.Equal(3 * 4096, files.GetFreeBytes());
    }

    [Fact]
    public void Allocated_space_can_be_written_when_nothing_else_can()
    {
        using IFile held = files.CreateText("held", "");
        using IFile other = files.CreateText("other", "");
        held.Allocate(3 * 4096);
        Full(() => other.Write(new byte[3 * 4096], 0));
        Full(() => held.Allocate(5 * 4096));
        Assert.Equal(3 * 4096, held.GetLength());
        held.Write(new byte[3 * 4096], 0);
    }

    [Fact]
    public void The_capacity_can_be_changed_at_any_time_and_is_kept_by_an_image()
    {
        using IFile file = files.CreateText("f", new string('x', 10_000));
        files.CapacityBytes = 4096;
        Assert.Equal(0, files.GetFreeBytes());
        Full(() => file.Write("y"u8, 50_000));
        file.Write("y"u8, 0);
        Assert.Equal(4096, files.CrashImage(CrashImageKind.KeepEverything).CapacityBytes);
        files.CapacityBytes = long.MaxValue;
        file.Write("y"u8, 50_000);
    }

    [Fact]
    public void An_image_has_the_space_that_lost_bytes_took()
    {
        using IFile file = files.CreateText("f", new string('x', 10_000));
        files.SyncDirectory("");
        Assert.Equal(4 * 4096, files.CrashImage(CrashImageKind.DropPending).GetFreeBytes());
        Assert.Equal(4096, files.CrashImage(CrashImageKind.KeepEverything).GetFreeBytes());
    }

    private static void Full(Action operation) =>
        Assert.Equal(StorageFault.DiskFull, Assert.Throws<StorageException>(operation).Fault);
}
