using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Storage.Disk;

public sealed class DiskFileSystemTests : DiskBehaviour
{
    internal override IFileSystem OpenDirectory(string path) => DiskFileSystem.Open(path);

    internal override void CreateDirectory(string path) => DiskFileSystem.Create(path).Dispose();

    [Fact]
    public void A_missing_directory_holds_no_store()
    {
        StoreException error = Assert.Throws<StoreException>(() => DiskFileSystem.Open(Root.Combine("missing")));
        Assert.Equal(StoreError.StoreNotFound, error.Error);
    }

    [Fact]
    public void A_file_in_place_of_the_directory_holds_no_store()
    {
        File.WriteAllText(Root.Combine("file"), "kept");
        Assert.Equal(StoreError.StoreNotFound, Assert.Throws<StoreException>(() => DiskFileSystem.Open(Root.Combine("file"))).Error);
        Assert.Equal(StoreError.StoreNotFound, Assert.Throws<StoreException>(() => DiskFileSystem.Create(Root.Combine("file"))).Error);
        Assert.Equal("kept", File.ReadAllText(Root.Combine("file")));
    }

    [Fact]
    public void A_relative_path_and_a_trailing_separator_are_understood()
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, Root.Combine("store"));
        using DiskFileSystem files = DiskFileSystem.Create(relative + Path.DirectorySeparatorChar);
        Assert.Equal(Root.Combine("store"), files.RootDirectory);
    }

    [Fact]
    public void The_system_s_error_text_and_number_are_in_the_message()
    {
        Command.Require();
        using DiskFileSystem files = DiskFileSystem.Open(Root.Path);
        StorageException error = Refused(StorageFault.NotFound, () => files.Open("wal/1", FileIntent.Read));
        Assert.Equal("wal/1", error.File);
        Assert.Equal("Could not open 'wal/1': it does not exist (errno 2: No such file or directory).", error.Message);
    }

    [Fact]
    public void A_closed_file_system_says_so_and_its_files_stay_open()
    {
        DiskFileSystem files = DiskFileSystem.Open(Root.Path);
        files.CreateDirectory("wal");
        using IFile file = files.Open("wal/1", FileIntent.CreateNew);
        files.Dispose();
        files.Dispose();
        Assert.Throws<ObjectDisposedException>(() => files.Open("wal/1", FileIntent.Read));
        Assert.Throws<ObjectDisposedException>(() => files.List("wal"));
        Assert.Throws<ObjectDisposedException>(() => files.GetFreeBytes());
        file.Write("x"u8, 0);
        file.Sync();
    }

    [Fact]
    public void A_closed_file_system_holds_no_descriptor()
    {
        Command.Require("ls");
        DiskFileSystem files = DiskFileSystem.Open(Root.Path);
        files.CreateDirectory("wal");
        _ = files.List("wal");
        files.Dispose();
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries("/proc/self/fd"),
            descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith(Root.Path, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_directory_swapped_for_a_link_does_not_divert_an_open_store()
    {
        Command.Require();
        using TestDirectory outside = new();
        using DiskFileSystem files = DiskFileSystem.Open(Root.Path);
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        Directory.Move(Root.Combine("wal"), Root.Combine("moved"));
        Directory.CreateSymbolicLink(Root.Combine("wal"), outside.Path);
        files.Open("wal/2", FileIntent.CreateNew).Dispose();
        Assert.True(File.Exists(Root.Combine("moved", "2")));
        Assert.Empty(Directory.GetFileSystemEntries(outside.Path));
    }

    [Fact]
    public void A_store_moved_while_open_is_not_lost()
    {
        Command.Require();
        using DiskFileSystem files = DiskFileSystem.Create(Root.Combine("store"));
        Directory.Move(Root.Combine("store"), Root.Combine("moved"));
        files.Open("ROOT", FileIntent.CreateNew).Dispose();
        Assert.True(File.Exists(Root.Combine("moved", "ROOT")));
    }

    [Fact]
    public void A_device_is_refused()
    {
        Command.Require("mknod");
        (int exitCode, string output) = Command.Run("mknod", Root.Combine("zero"), "c", "1", "5");
        Assert.SkipUnless(exitCode == 0, $"Cannot make a device file here: {output.Trim()}");
        using DiskFileSystem files = DiskFileSystem.Open(Root.Path);
        Refused(StorageFault.WrongKind, () => files.Open("zero", FileIntent.Read));
        Assert.Equal([new FileEntry("zero", FileEntryKind.Other)], files.List(""));
    }

    [Fact]
    public void Writing_reading_and_syncing_allocate_no_memory()
    {
        Command.Require();
        using DiskFileSystem files = DiskFileSystem.Open(Root.Path);
        using IFile file = files.Open("f", FileIntent.CreateNew);
        byte[] buffer = new byte[512];
        WriteSyncRead(file, buffer, rounds: 3);
        Assert.Equal(0, Allocations.LeastOf(() => WriteSyncRead(file, buffer, rounds: 5)));
    }

    [Fact]
    public void Creating_makes_all_missing_directories_above()
    {
        using DiskFileSystem files = DiskFileSystem.Create(Root.Combine("a", "b", "c"));
        Assert.True(Directory.Exists(Root.Combine("a", "b", "c")));
        Assert.Empty(files.List(""));
    }

    private static void WriteSyncRead(IFile file, byte[] buffer, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            file.Write(buffer, 0);
            file.SyncData();
            file.Sync();
            _ = file.Read(buffer, 0);
            _ = file.GetLength();
        }
    }
}
