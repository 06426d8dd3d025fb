using System.Text;
using Persistence.Diagnostics;
using Persistence.Storage;
using Xunit;

namespace Persistence.Tests.Storage;

/// <summary>What every file system promises. One class per implementation runs it.</summary>
public abstract class FileSystemContract
{
    protected abstract IFileSystem Files { get; }

    [Fact]
    public void What_was_written_is_read_back_through_another_handle()
    {
        using IFile writer = Files.Open("ROOT", FileIntent.CreateNew);
        writer.Write("hello"u8, 0);
        using IFile reader = Files.Open("ROOT", FileIntent.Read);
        Assert.Equal("hello", ReadAll(reader));
        Assert.Equal(5, reader.GetLength());
        Assert.Equal("ROOT", reader.Path);
    }

    [Fact]
    public void Reading_stops_at_the_end_of_the_file()
    {
        using IFile file = Create("f", "hello");
        byte[] buffer = new byte[10];
        Assert.Equal(3, file.Read(buffer, 2));
        Assert.Equal("llo", Encoding.UTF8.GetString(buffer, 0, 3));
        Assert.Equal(0, file.Read(buffer, 5));
        Assert.Equal(0, file.Read(buffer, 5000));
        Assert.Equal(0, file.Read([], 0));
    }

    [Fact]
    public void A_gap_left_by_a_write_reads_as_zeros()
    {
        using IFile file = Create("f", "a");
        file.Write("b"u8, 10_000);
        Assert.Equal(10_001, file.GetLength());
        Assert.Equal("a" + new string('\0', 9_999) + "b", ReadAll(file));
    }

    [Fact]
    public void Overwriting_changes_only_the_bytes_written()
    {
        using IFile file = Create("f", new string('x', 9000));
        file.Write("abc"u8, 4095);
        Assert.Equal(new string('x', 4095) + "abc" + new string('x', 9000 - 4098), ReadAll(file));
    }

    [Fact]
    public void Writing_nothing_does_not_extend_the_file()
    {
        using IFile file = Create("f", "");
        file.Write([], 100);
        Assert.Equal(0, file.GetLength());
    }

    [Fact]
    public void A_large_write_arrives_whole()
    {
        byte[] data = new byte[5_000_003];
        new Random(7).NextBytes(data);
        using IFile file = Files.Open("large", FileIntent.CreateNew);
        file.Write(data, 17);
        byte[] back = new byte[data.Length + 1];
        Assert.Equal(data.Length, file.Read(back, 17));
        Assert.Equal(data, back[..data.Length]);
    }

    [Fact]
    public void Cutting_a_file_discards_the_bytes_for_good()
    {
        using IFile file = Create("f", new string('x', 10_000));
        file.SetLength(5000);
        Assert.Equal(5000, file.GetLength());
        file.SetLength(10_000);
        Assert.Equal(new string('x', 5000) + new string('\0', 5000), ReadAll(file));
        file.SetLength(0);
        Assert.Equal("", ReadAll(file));
    }

    [Fact]
    public void Allocating_extends_with_zeros_and_keeps_the_bytes()
    {
        using IFile file = Create("f", "hello");
        file.Allocate(10_000);
        Assert.Equal("hello" + new string('\0', 9_995), ReadAll(file));
        file.Write("end"u8, 9_997);
        file.Allocate(100);
        Assert.Equal(10_000, file.GetLength());
        file.Allocate(0);
        Assert.EndsWith("end", ReadAll(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FileIntent.Read)]
    [InlineData(FileIntent.ReadWrite)]
    public void Opening_a_missing_file_says_so(FileIntent intent)
    {
        StorageException error = Fails(StorageFault.NotFound, () => Files.Open("missing", intent));
        Assert.Equal("missing", error.File);
        Assert.Equal(StoreError.StorageFailed, error.Error);
    }

    [Theory]
    [InlineData(FileIntent.Read)]
    [InlineData(FileIntent.ReadWrite)]
    [InlineData(FileIntent.CreateNew)]
    [InlineData(FileIntent.OpenOrCreate)]
    public void Opening_in_a_missing_directory_says_that_it_is_missing(FileIntent intent) =>
        Fails(StorageFault.NotFound, () => Files.Open("missing/file", intent));

    [Fact]
    public void Creating_a_file_that_exists_is_refused_and_leaves_it_alone()
    {
        Create("f", "kept").Dispose();
        Fails(StorageFault.AlreadyExists, () => Files.Open("f", FileIntent.CreateNew));
        Assert.Equal("kept", Content("f"));
    }

    [Fact]
    public void Open_or_create_creates_once_and_then_opens()
    {
        using (IFile file = Files.Open("f", FileIntent.OpenOrCreate))
            file.Write("kept"u8, 0);
        using IFile again = Files.Open("f", FileIntent.OpenOrCreate);
        Assert.Equal("kept", ReadAll(again));
    }

    [Theory]
    [InlineData(FileIntent.Read, StorageFault.WrongKind)]
    [InlineData(FileIntent.ReadWrite, StorageFault.WrongKind)]
    [InlineData(FileIntent.OpenOrCreate, StorageFault.WrongKind)]
    [InlineData(FileIntent.CreateNew, StorageFault.AlreadyExists)]
    public void A_directory_is_not_opened_as_a_file(FileIntent intent, StorageFault fault)
    {
        Files.CreateDirectory("wal");
        Fails(fault, () => Files.Open("wal", intent));
    }

    [Fact]
    public void A_file_is_not_used_as_a_directory()
    {
        Create("f", "").Dispose();
        Fails(StorageFault.WrongKind, () => Files.Open("f/x", FileIntent.Read));
        Fails(StorageFault.WrongKind, () => Files.Open("f/x", FileIntent.CreateNew));
        Fails(StorageFault.WrongKind, () => Files.List("f"));
        Fails(StorageFault.WrongKind, () => Files.CreateDirectory("f"));
        Fails(StorageFault.WrongKind, () => Files.SyncDirectory("f"));
        Fails(StorageFault.WrongKind, () => Files.Delete("f/x"));
    }

    [Fact]
    public void A_directory_asked_for_too_early_is_found_once_it_is_there()
    {
        Assert.Empty(Files.List("wal"));
        Fails(StorageFault.NotFound, () => Files.Open("wal/1", FileIntent.CreateNew));
        Fails(StorageFault.NotFound, () => Files.SyncDirectory("wal"));
        Files.CreateDirectory("wal");
        Create("wal/1", "x").Dispose();
        Files.SyncDirectory("wal");
        Assert.Equal([new FileEntry("1", FileEntryKind.File)], Files.List("wal"));
    }

    [Fact]
    public void Creating_a_directory_twice_keeps_what_is_in_it()
    {
        Files.CreateDirectory("wal");
        Create("wal/1", "x").Dispose();
        Files.CreateDirectory("wal");
        Assert.Equal("x", Content("wal/1"));
        Files.CreateDirectory("");
    }

    [Fact]
    public void A_listing_has_every_name_in_ordinal_order_with_its_kind()
    {
        Files.CreateDirectory("wal");
        foreach (string name in new[] { "b", "B", "a10", "a9", "é", ".hidden" })
            Create(name, "").Dispose();
        Assert.Equal(
            [
                new FileEntry(".hidden", FileEntryKind.File),
                new FileEntry("B", FileEntryKind.File),
                new FileEntry("a10", FileEntryKind.File),
                new FileEntry("a9", FileEntryKind.File),
                new FileEntry("b", FileEntryKind.File),
                new FileEntry("wal", FileEntryKind.Directory),
                new FileEntry("é", FileEntryKind.File),
            ],
            Files.List(""));
        Assert.Empty(Files.List("wal"));
    }

    [Fact]
    public void A_long_listing_is_complete()
    {
        Files.CreateDirectory("many");
        string[] names = [.. Enumerable.Range(0, 1500).Select(number => $"{number:D10}-a-name-of-some-length.wal")];
        foreach (string name in names)
            Files.Open($"many/{name}", FileIntent.CreateNew).Dispose();
        Assert.Equal(names, Files.List("many").Select(entry => entry.Name));
    }

    [Fact]
    public void Renaming_replaces_the_target_and_removes_the_source()
    {
        Files.CreateDirectory("staging");
        Create("staging/new", "new").Dispose();
        Create("f", "old").Dispose();
        using IFile old = Files.Open("f", FileIntent.Read);
        Files.Rename("staging/new", "f");
        Assert.Equal("new", Content("f"));
        Assert.Equal("old", ReadAll(old));
        Assert.Empty(Files.List("staging"));
    }

    [Fact]
    public void Renaming_a_file_to_its_own_name_changes_nothing()
    {
        Create("f", "x").Dispose();
        Files.Rename("f", "f");
        Assert.Equal("x", Content("f"));
    }

    [Fact]
    public void Renaming_one_name_of_a_file_over_another_leaves_both()
    {
        Create("a", "x").Dispose();
        Files.Link("a", "b");
        Files.Rename("a", "b");
        Assert.Equal(["a", "b"], Files.List("").Select(entry => entry.Name));
    }

    [Fact]
    public void Renaming_what_is_missing_or_a_directory_is_refused()
    {
        Files.CreateDirectory("d");
        Create("f", "x").Dispose();
        Fails(StorageFault.NotFound, () => Files.Rename("missing", "g"));
        Fails(StorageFault.NotFound, () => Files.Rename("f", "missing/g"));
        Fails(StorageFault.WrongKind, () => Files.Rename("f", "d"));
        Fails(StorageFault.WrongKind, () => Files.Rename("d", "e"));
        Assert.Equal("x", Content("f"));
    }

    [Fact]
    public void A_link_is_a_second_name_of_the_same_file()
    {
        Files.CreateDirectory("quarantine");
        using IFile file = Create("f", "one");
        Files.Link("f", "quarantine/f");
        file.Write("two"u8, 0);
        Assert.Equal("two", Content("quarantine/f"));
        Files.Delete("f");
        Assert.Equal("two", Content("quarantine/f"));
        Fails(StorageFault.NotFound, () => Files.Open("f", FileIntent.Read));
    }

    [Fact]
    public void Linking_never_replaces_and_needs_a_file()
    {
        Files.CreateDirectory("d");
        Create("f", "f").Dispose();
        Create("g", "g").Dispose();
        Fails(StorageFault.AlreadyExists, () => Files.Link("f", "g"));
        Fails(StorageFault.AlreadyExists, () => Files.Link("f", "d"));
        Fails(StorageFault.NotFound, () => Files.Link("missing", "h"));
        Fails(StorageFault.NotFound, () => Files.Link("f", "missing/h"));
        Fails(StorageFault.WrongKind, () => Files.Link("d", "e"));
        Assert.Equal("g", Content("g"));
    }

    [Fact]
    public void A_deleted_file_lives_on_in_its_handles()
    {
        using IFile file = Create("f", "x");
        Files.Delete("f");
        Assert.Empty(Files.List(""));
        file.Write("y"u8, 1);
        Assert.Equal("xy", ReadAll(file));
        Create("f", "new").Dispose();
        Assert.Equal("xy", ReadAll(file));
    }

    [Fact]
    public void Deleting_what_is_missing_or_a_directory_is_refused()
    {
        Files.CreateDirectory("d");
        Fails(StorageFault.NotFound, () => Files.Delete("missing"));
        Fails(StorageFault.NotFound, () => Files.Delete("missing/f"));
        Fails(StorageFault.WrongKind, () => Files.Delete("d"));
    }

    [Fact]
    public void Files_and_directories_can_be_synced()
    {
        Files.CreateDirectory("wal");
        using IFile file = Create("wal/1", "x");
        file.SyncData();
        file.Sync();
        Files.SyncDirectory("wal");
        Files.SyncDirectory("");
        Assert.Equal("x", Content("wal/1"));
    }

    [Fact]
    public void Any_number_of_handles_hold_a_shared_lock()
    {
        using IFile first = Create("LOCK", "");
        using IFile second = Files.Open("LOCK", FileIntent.Read);
        Assert.True(first.TryLock(FileLockKind.Shared));
        Assert.True(second.TryLock(FileLockKind.Shared));
        Assert.True(second.TryLock(FileLockKind.Shared));
    }

    [Fact]
    public void An_exclusive_lock_excludes_every_other_handle_until_it_is_disposed()
    {
        IFile holder = Create("LOCK", "");
        using IFile other = Files.Open("LOCK", FileIntent.ReadWrite);
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        Assert.False(other.TryLock(FileLockKind.Exclusive));
        Assert.False(other.TryLock(FileLockKind.Shared));
        holder.Dispose();
        Assert.True(other.TryLock(FileLockKind.Exclusive));
    }

    [Fact]
    public void A_shared_lock_keeps_an_exclusive_one_out()
    {
        IFile reader = Create("LOCK", "");
        using IFile writer = Files.Open("LOCK", FileIntent.ReadWrite);
        Assert.True(reader.TryLock(FileLockKind.Shared));
        Assert.False(writer.TryLock(FileLockKind.Exclusive));
        reader.Dispose();
        Assert.True(writer.TryLock(FileLockKind.Exclusive));
    }

    [Fact]
    public void A_lock_changes_its_kind_when_nobody_is_in_the_way()
    {
        using IFile file = Create("LOCK", "");
        using IFile other = Files.Open("LOCK", FileIntent.Read);
        Assert.True(file.TryLock(FileLockKind.Shared));
        Assert.True(file.TryLock(FileLockKind.Exclusive));
        Assert.False(other.TryLock(FileLockKind.Shared));
        Assert.True(file.TryLock(FileLockKind.Shared));
        Assert.True(other.TryLock(FileLockKind.Shared));
    }

    [Fact]
    public void A_refused_change_of_kind_leaves_the_handle_without_a_lock()
    {
        using IFile file = Create("LOCK", "");
        IFile other = Files.Open("LOCK", FileIntent.Read);
        Assert.True(file.TryLock(FileLockKind.Shared));
        Assert.True(other.TryLock(FileLockKind.Shared));
        Assert.False(file.TryLock(FileLockKind.Exclusive));
        Assert.True(other.TryLock(FileLockKind.Exclusive));
        Assert.False(file.TryLock(FileLockKind.Shared));
        other.Dispose();
        Assert.True(file.TryLock(FileLockKind.Shared));
    }

    [Fact]
    public void Opening_and_reading_a_locked_file_takes_no_part_in_locking()
    {
        using IFile holder = Create("LOCK", "x");
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        using IFile reader = Files.Open("LOCK", FileIntent.Read);
        Assert.Equal("x", ReadAll(reader));
        using IFile file = Create("f", "");
        using IFile opened = Files.Open("f", FileIntent.ReadWrite);
        Assert.True(file.TryLock(FileLockKind.Exclusive));
    }

    [Fact]
    public void A_lock_belongs_to_the_file_and_not_to_its_name()
    {
        using IFile holder = Create("a", "");
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        Files.Rename("a", "b");
        using IFile moved = Files.Open("b", FileIntent.Read);
        using IFile fresh = Create("a", "");
        Assert.False(moved.TryLock(FileLockKind.Shared));
        Assert.True(fresh.TryLock(FileLockKind.Exclusive));
    }

    [Fact]
    public void A_handle_for_reading_changes_nothing()
    {
        Create("f", "x").Dispose();
        using IFile file = Files.Open("f", FileIntent.Read);
        Assert.Throws<InvalidOperationException>(() => file.Write("y"u8, 0));
        Assert.Throws<InvalidOperationException>(() => file.SetLength(0));
        Assert.Throws<InvalidOperationException>(() => file.Allocate(10));
        Assert.Throws<InvalidOperationException>(file.SyncData);
        Assert.Throws<InvalidOperationException>(file.Sync);
        Assert.Equal("x", ReadAll(file));
    }

    [Fact]
    public void Offsets_and_lengths_are_not_negative()
    {
        using IFile file = Create("f", "x");
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(new byte[1], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Write("y"u8, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.SetLength(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Allocate(-1));
    }

    [Fact]
    public void A_disposed_handle_says_so_and_may_be_disposed_again()
    {
        IFile file = Create("f", "x");
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.GetLength());
        Assert.Throws<ObjectDisposedException>(() => file.Read(new byte[1], 0));
        Assert.Throws<ObjectDisposedException>(() => file.Read([], 0));
        Assert.Throws<ObjectDisposedException>(() => file.Write("y"u8, 0));
        Assert.Throws<ObjectDisposedException>(() => file.SetLength(0));
        Assert.Throws<ObjectDisposedException>(() => file.Allocate(10));
        Assert.Throws<ObjectDisposedException>(file.SyncData);
        Assert.Throws<ObjectDisposedException>(file.Sync);
        Assert.Throws<ObjectDisposedException>(() => file.TryLock(FileLockKind.Shared));
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/b/c")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/..")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("c:a")]
    [InlineData("a\0b")]
    [InlineData("a\uD800")]
    [InlineData("a\uFFFD")]
    public void A_path_that_leaves_the_store_or_is_ambiguous_is_refused(string path)
    {
        Create("f", "").Dispose();
        Assert.Throws<ArgumentException>(() => Files.Open(path, FileIntent.OpenOrCreate));
        Assert.Throws<ArgumentException>(() => Files.List(path));
        Assert.Throws<ArgumentException>(() => Files.CreateDirectory(path));
        Assert.Throws<ArgumentException>(() => Files.SyncDirectory(path));
        Assert.Throws<ArgumentException>(() => Files.Rename("f", path));
        Assert.Throws<ArgumentException>(() => Files.Rename(path, "f"));
        Assert.Throws<ArgumentException>(() => Files.Link("f", path));
        Assert.Throws<ArgumentException>(() => Files.Link(path, "g"));
        Assert.Throws<ArgumentException>(() => Files.Delete(path));
    }

    [Fact]
    public void The_store_s_directory_is_not_a_file()
    {
        Assert.Throws<ArgumentException>(() => Files.Open("", FileIntent.Read));
        Assert.Throws<ArgumentException>(() => Files.Delete(""));
    }

    [Fact]
    public void A_directory_of_two_components_is_refused() =>
        Assert.Throws<ArgumentException>(() => Files.CreateDirectory("a/b"));

    [Fact]
    public void There_is_free_space() => Assert.True(Files.GetFreeBytes() > 0);

    [Fact]
    public void Names_of_any_language_are_kept()
    {
        const string Name = "журнал-😀-日本";
        Files.CreateDirectory(Name);
        Create($"{Name}/{Name}", "x").Dispose();
        Assert.Equal(Name, Assert.Single(Files.List(Name)).Name);
        Assert.Equal("x", Content($"{Name}/{Name}"));
    }

    [Fact]
    public async Task Many_threads_write_and_read_files_of_their_own()
    {
        Files.CreateDirectory("d");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (int round = 0; round < 50; round++)
                WriteRenameAndCheck(worker, round);
        })));
        Assert.Equal(4, Files.List("d").Count);
    }

    /// <summary>For operations that return something: what should not have been opened is closed.</summary>
    protected static StorageException Fails(StorageFault fault, Func<object> operation)
    {
        void Run() => (operation() as IDisposable)?.Dispose();
        return Fails(fault, Run);
    }

    protected static StorageException Fails(StorageFault fault, Action operation)
    {
        StorageException error = Assert.Throws<StorageException>(operation);
        Assert.Equal(fault, error.Fault);
        return error;
    }

    protected IFile Create(string path, string content)
    {
        IFile file = Files.Open(path, FileIntent.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(content), 0);
        return file;
    }

    protected string Content(string path)
    {
        using IFile file = Files.Open(path, FileIntent.Read);
        return ReadAll(file);
    }

    protected static string ReadAll(IFile file)
    {
        byte[] buffer = new byte[file.GetLength()];
        int count = file.Read(buffer, 0);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private void WriteRenameAndCheck(int worker, int round)
    {
        string text = $"{worker}-{round}";
        Create($"d/{worker}.new", text).Dispose();
        Files.Rename($"d/{worker}.new", $"d/{worker}");
        Assert.Equal(text, Content($"d/{worker}"));
    }
}
