using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Persistence.Diagnostics;
using Persistence.Storage;
using Xunit;

namespace Persistence.Tests.Storage.Disk;

/// <summary>What only a real disk can show. Run for the native and for the portable implementation.</summary>
public abstract class DiskBehaviour : IDisposable
{
    private const string FewDescriptors = "PERSISTENCE_TEST_FEW_DESCRIPTORS";

    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;
    private const int Nobody = 65534;

    protected TestDirectory Root { get; } = new();

    /// <summary>Opens the files of a directory.</summary>
    internal abstract IFileSystem OpenDirectory(string path);

    /// <summary>Creates a store's directory.</summary>
    internal abstract void CreateDirectory(string path);

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Files_and_directories_are_for_their_owner_only()
    {
        Command.Require();
        CreateDirectory(Root.Combine("a", "store"));
        IFileSystem files = OpenDirectory(Root.Combine("a", "store"));
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        files.Open("ROOT", FileIntent.OpenOrCreate).Dispose();
        Assert.Equal(OwnerOnlyDirectory, File.GetUnixFileMode(Root.Combine("a")));
        Assert.Equal(OwnerOnlyDirectory, File.GetUnixFileMode(Root.Combine("a", "store")));
        Assert.Equal(OwnerOnlyDirectory, File.GetUnixFileMode(Root.Combine("a", "store", "wal")));
        Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(Root.Combine("a", "store", "wal", "1")));
        Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(Root.Combine("a", "store", "ROOT")));
    }

    [Fact]
    public void Creating_a_directory_that_exists_keeps_it_as_it_is()
    {
        File.WriteAllText(Root.Combine("kept"), "x");
        CreateDirectory(Root.Path);
        CreateDirectory(Root.Path);
        Assert.Equal("kept", Assert.Single(OpenDirectory(Root.Path).List("")).Name);
    }

    [Fact]
    public void The_store_s_own_path_may_be_a_link()
    {
        Command.Require();
        Directory.CreateDirectory(Root.Combine("real"));
        File.CreateSymbolicLink(Root.Combine("store"), Root.Combine("real"));
        CreateDirectory(Root.Combine("store"));
        IFileSystem files = OpenDirectory(Root.Combine("store"));
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        files.SyncDirectory("wal");
        files.SyncDirectory("");
        Assert.True(File.Exists(Root.Combine("real", "wal", "1")));
    }

    [Theory]
    [InlineData(FileIntent.Read)]
    [InlineData(FileIntent.ReadWrite)]
    [InlineData(FileIntent.OpenOrCreate)]
    public void A_link_is_not_opened(FileIntent intent)
    {
        Command.Require();
        using TestDirectory outside = new();
        File.WriteAllText(outside.Combine("secret"), "x");
        File.CreateSymbolicLink(Root.Combine("ROOT"), outside.Combine("secret"));
        Refused(StorageFault.LinkRefused, () => OpenDirectory(Root.Path).Open("ROOT", intent));
    }

    [Theory]
    [InlineData(FileIntent.OpenOrCreate, StorageFault.LinkRefused)]
    [InlineData(FileIntent.CreateNew, StorageFault.AlreadyExists)]
    public void A_dangling_link_does_not_lead_to_a_new_file(FileIntent intent, StorageFault fault)
    {
        Command.Require();
        using TestDirectory outside = new();
        File.CreateSymbolicLink(Root.Combine("ROOT"), outside.Combine("planted"));
        Refused(fault, () => OpenDirectory(Root.Path).Open("ROOT", intent));
        Assert.False(File.Exists(outside.Combine("planted")));
    }

    [Fact]
    public void A_link_planted_as_a_directory_is_refused_by_every_operation()
    {
        Command.Require();
        using TestDirectory outside = new();
        File.WriteAllText(outside.Combine("1"), "x");
        Directory.CreateSymbolicLink(Root.Combine("wal"), outside.Path);
        IFileSystem files = OpenDirectory(Root.Path);
        files.Open("f", FileIntent.CreateNew).Dispose();
        Refused(StorageFault.LinkRefused, () => files.Open("wal/1", FileIntent.Read));
        Refused(StorageFault.LinkRefused, () => files.Open("wal/2", FileIntent.CreateNew));
        Refused(StorageFault.LinkRefused, () => files.List("wal"));
        Refused(StorageFault.LinkRefused, () => files.CreateDirectory("wal"));
        Refused(StorageFault.LinkRefused, () => files.SyncDirectory("wal"));
        Refused(StorageFault.LinkRefused, () => files.Delete("wal/1"));
        Refused(StorageFault.LinkRefused, () => files.Rename("wal/1", "g"));
        Refused(StorageFault.LinkRefused, () => files.Rename("f", "wal/f"));
        Refused(StorageFault.LinkRefused, () => files.Link("wal/1", "g"));
        Refused(StorageFault.LinkRefused, () => files.Link("f", "wal/f"));
        Assert.Equal([outside.Combine("1")], Directory.GetFileSystemEntries(outside.Path));
    }

    [Fact]
    public void Deleting_and_renaming_a_link_touch_the_link_alone_and_linking_it_is_refused()
    {
        Command.Require();
        using TestDirectory outside = new();
        File.WriteAllText(outside.Combine("kept"), "x");
        File.CreateSymbolicLink(Root.Combine("link"), outside.Combine("kept"));
        IFileSystem files = OpenDirectory(Root.Path);
        Refused(StorageFault.LinkRefused, () => files.Link("link", "second"));
        files.Rename("link", "moved");
        Assert.Equal([new FileEntry("moved", FileEntryKind.Other)], files.List(""));
        files.Delete("moved");
        Assert.Empty(files.List(""));
        Assert.True(File.Exists(outside.Combine("kept")));
    }

    [Theory]
    [InlineData(FileIntent.Read)]
    [InlineData(FileIntent.ReadWrite)]
    [InlineData(FileIntent.OpenOrCreate)]
    public async Task A_pipe_is_refused_without_waiting_for_its_other_end(FileIntent intent)
    {
        Command.Require("mkfifo");
        Assert.Equal((0, ""), Command.Run("mkfifo", Root.Combine("pipe")));
        IFileSystem files = OpenDirectory(Root.Path);
        await Task.Run(() => Refused(StorageFault.WrongKind, () => files.Open("pipe", intent))).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_socket_is_refused()
    {
        Command.Require();
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Root.Combine("socket")));
        Refused(StorageFault.WrongKind, () => OpenDirectory(Root.Path).Open("socket", FileIntent.Read));
    }

    [Fact]
    public void A_name_no_path_can_hold_is_listed_as_something_else()
    {
        Command.Require("sh");
        Assert.Equal((0, ""), Command.Run("sh", "-c", "cd \"$1\" && touch 'a\\b' \"$(printf 'b\\377')\"", "sh", Root.Path));
        IReadOnlyList<FileEntry> entries = OpenDirectory(Root.Path).List("");
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal(FileEntryKind.Other, entry.Kind));
        // The runtime cannot name one of them to delete it.
        Assert.Equal((0, ""), Command.Run("sh", "-c", "rm \"$1\"/*", "sh", Root.Path));
    }

    [Fact]
    public void A_directory_removed_and_made_anew_is_found_again()
    {
        IFileSystem files = OpenDirectory(Root.Path);
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        Directory.Delete(Root.Combine("wal"), recursive: true);
        Assert.Empty(files.List("wal"));
        Refused(StorageFault.NotFound, () => files.Open("wal/1", FileIntent.CreateNew));
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        Assert.True(File.Exists(Root.Combine("wal", "1")));
    }

    [Fact]
    public void A_lock_of_another_process_is_respected_until_that_process_is_killed()
    {
        Command.Require("flock", "sh", "cat");
        using IFile file = OpenDirectory(Root.Path).Open("LOCK", FileIntent.OpenOrCreate);
        using Process holder = Command.Start("flock", "--exclusive", "--nonblock", "--no-fork", Root.Combine("LOCK"), "sh", "-c", "echo held; exec cat");
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        Assert.False(file.TryLock(FileLockKind.Exclusive));
        Assert.False(file.TryLock(FileLockKind.Shared));
        holder.Kill();
        holder.WaitForExit();
        Assert.True(file.TryLock(FileLockKind.Exclusive));
    }

    [Fact]
    public void Another_process_is_kept_out_until_the_handle_is_disposed()
    {
        Command.Require("flock", "true");
        IFile file = OpenDirectory(Root.Path).Open("LOCK", FileIntent.OpenOrCreate);
        Assert.True(file.TryLock(FileLockKind.Shared));
        Assert.Equal(0, TryFlock("--shared"));
        Assert.Equal(1, TryFlock("--exclusive"));
        Assert.True(file.TryLock(FileLockKind.Exclusive));
        Assert.Equal(1, TryFlock("--shared"));
        file.Dispose();
        Assert.Equal(0, TryFlock("--exclusive"));
    }

    [Fact]
    public void A_disposed_handle_s_lock_ends_even_if_a_copy_of_its_descriptor_lives_on()
    {
        // A child process has copies of every descriptor between its start and the loading of its program.
        Command.Require();
        IFileSystem files = OpenDirectory(Root.Path);
        IFile holder = files.Open("LOCK", FileIntent.OpenOrCreate);
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        int copy = DuplicateDescriptor(FindDescriptor(Root.Combine("LOCK")));
        try
        {
            holder.Dispose();
            using IFile next = files.Open("LOCK", FileIntent.ReadWrite);
            Assert.True(next.TryLock(FileLockKind.Exclusive));
        }
        finally
        {
            _ = CloseDescriptor(copy);
        }
    }

    [Fact]
    public void No_child_process_inherits_a_file_or_directory_of_the_store()
    {
        Command.Require("ls");
        IFileSystem files = OpenDirectory(Root.Path);
        files.CreateDirectory("wal");
        using IFile created = files.Open("wal/1", FileIntent.CreateNew);
        using IFile opened = files.Open("wal/1", FileIntent.Read);
        Assert.True(opened.TryLock(FileLockKind.Exclusive));
        File.WriteAllText(Root.Combine("canary"), "");
        int canary = OpenInheritably(Root.Combine("canary"), 0);
        try
        {
            string inherited = Assert.Single(InheritedFiles());
            Assert.EndsWith("canary", inherited, StringComparison.Ordinal);
        }
        finally
        {
            _ = CloseDescriptor(canary);
        }
    }

    [Fact]
    public void Ten_thousand_files_opened_and_closed_leave_no_descriptor_behind()
    {
        Command.Require("mkfifo");
        IFileSystem files = OpenDirectory(Root.Path);
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        Assert.Equal((0, ""), Command.Run("mkfifo", Root.Combine("wal", "pipe")));
        File.CreateSymbolicLink(Root.Combine("wal", "link"), Root.Combine("wal", "1"));
        OpenAndList(files);
        string[] before = OpenFiles();
        for (int round = 0; round < 10_000; round++)
            files.Open("wal/1", FileIntent.ReadWrite).Dispose();
        for (int round = 0; round < 500; round++)
            OpenAndList(files);
        Assert.Equal(before, OpenFiles());
        // Else the directory's own descriptor may be collected before they are counted.
        GC.KeepAlive(files);
    }

    [Fact]
    public void A_full_disk_is_reported_and_what_was_written_stays()
    {
        using Mount mount = Mount.Small(Root.Path, "256k");
        IFileSystem files = OpenDirectory(Root.Path);
        using (IFile kept = files.Open("kept", FileIntent.CreateNew))
            kept.Write("kept"u8, 0);
        using (IFile file = files.Open("f", FileIntent.CreateNew))
        {
            StorageException error = Refused(StorageFault.DiskFull, () => file.Write(new byte[1_000_000], 0));
            Assert.Equal(StoreError.DiskFull, error.Error);
            Assert.InRange(file.GetLength(), 1, 256 * 1024);
            Assert.Equal(0, files.GetFreeBytes());
        }
        files.Delete("f");
        Assert.InRange(files.GetFreeBytes(), 1, 256 * 1024);
        using (IFile file = files.Open("g", FileIntent.CreateNew))
            Refused(StorageFault.DiskFull, () => file.Allocate(1_000_000));
        files.Delete("g");
        using (IFile file = files.Open("h", FileIntent.CreateNew))
            file.Allocate(100_000);
        Assert.Equal("kept", File.ReadAllText(Root.Combine("kept")));
        (files as IDisposable)?.Dispose();
    }

    [Fact]
    public void Space_that_was_allocated_can_be_written_when_the_disk_is_full()
    {
        using Mount mount = Mount.Small(Root.Path, "256k");
        IFileSystem files = OpenDirectory(Root.Path);
        using (IFile held = files.Open("held", FileIntent.CreateNew))
        using (IFile filler = files.Open("filler", FileIntent.CreateNew))
        {
            held.Allocate(64 * 1024);
            Refused(StorageFault.DiskFull, () => filler.Write(new byte[1_000_000], 0));
            held.Write(new byte[64 * 1024], 0);
        }
        (files as IDisposable)?.Dispose();
    }

    [Fact]
    public void A_read_only_file_system_is_reported_as_such_and_can_be_read()
    {
        Directory.CreateDirectory(Root.Combine("wal"));
        File.WriteAllText(Root.Combine("wal", "1"), "x");
        using Mount mount = Mount.ReadOnly(Root.Path);
        IFileSystem files = OpenDirectory(Root.Path);
        Refused(StorageFault.ReadOnly, () => files.Open("wal/1", FileIntent.ReadWrite));
        Refused(StorageFault.ReadOnly, () => files.Open("wal/2", FileIntent.CreateNew));
        Refused(StorageFault.ReadOnly, () => files.Open("wal/2", FileIntent.OpenOrCreate));
        Refused(StorageFault.ReadOnly, () => files.CreateDirectory("new"));
        Refused(StorageFault.ReadOnly, () => files.Rename("wal/1", "wal/2"));
        Refused(StorageFault.ReadOnly, () => files.Link("wal/1", "wal/2"));
        Assert.Equal(StoreError.ReadOnlyFileSystem, Refused(StorageFault.ReadOnly, () => files.Delete("wal/1")).Error);
        files.CreateDirectory("wal");
        using (IFile file = files.Open("wal/1", FileIntent.Read))
            Assert.Equal(1, file.Read(new byte[10], 0));
        (files as IDisposable)?.Dispose();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Denied_access_is_reported_as_such()
    {
        Command.Require();
        Assert.SkipUnless(Environment.UserName == "root", "Needs root, to become somebody else on one thread.");
        IFileSystem files = OpenDirectory(Root.Path);
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        files.Open("f", FileIntent.CreateNew).Dispose();
        // Everybody may pass through the store's directory: it is what is in it that is denied.
        File.SetUnixFileMode(Root.Path, OwnerOnlyDirectory | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        Refused(StorageFault.NotFound, () => files.Open("missing", FileIntent.Read));
        AsNobody(() =>
        {
            Refused(StorageFault.AccessDenied, () => files.Open("f", FileIntent.Read));
            Refused(StorageFault.AccessDenied, () => files.Open("g", FileIntent.CreateNew));
            Refused(StorageFault.AccessDenied, () => files.Open("wal/1", FileIntent.ReadWrite));
            Refused(StorageFault.AccessDenied, () => files.CreateDirectory("new"));
            Refused(StorageFault.AccessDenied, () => files.Rename("f", "g"));
            Refused(StorageFault.AccessDenied, () => files.Delete("f"));
        });
    }

    [Fact]
    public void Running_out_of_descriptors_is_reported_as_such_and_passes()
    {
        if (Environment.GetEnvironmentVariable(FewDescriptors) is not null)
        {
            OpenUntilNoDescriptorIsLeft();
            return;
        }

        // This very test again, in a process that may open few files.
        Command.Require("prlimit", "env");
        string program = Path.ChangeExtension(typeof(DiskBehaviour).Assembly.Location, null);
        string test = $"{GetType().FullName}.{nameof(Running_out_of_descriptors_is_reported_as_such_and_passes)}";
        (int exitCode, string output) = Command.Run(
            "prlimit", "--nofile=256:256", "env", $"{FewDescriptors}=1", program, "--filter-method", test, "--minimum-expected-tests", "1");
        Assert.True(exitCode == 0, output);
    }

    private void OpenUntilNoDescriptorIsLeft()
    {
        IFileSystem files = OpenDirectory(Root.Path);
        files.CreateDirectory("wal");
        files.Open("wal/1", FileIntent.CreateNew).Dispose();
        Assert.Empty(files.List("missing"));
        // Once for real, so that no code has to be loaded when there is no descriptor to load it by.
        Refused(StorageFault.NotFound, () => files.Open("missing", FileIntent.Read));
        StorageException? openError = null;
        StorageException? listError = null;
        List<IFile> opened = [];
        try
        {
            while (opened.Count < 1000)
                opened.Add(files.Open("wal/1", FileIntent.Read));
        }
        catch (StorageException exception)
        {
            openError = exception;
            listError = FailureOf(() => files.List("wal"));
        }
        opened.ForEach(file => file.Dispose());
        Assert.Equal(StorageFault.TooManyOpenFiles, openError?.Fault);
        Assert.Equal(StorageFault.TooManyOpenFiles, listError?.Fault);
        files.Open("wal/1", FileIntent.Read).Dispose();
        Assert.Single(files.List("wal"));
    }

    [Fact]
    public void Disposing_during_reads_never_reads_from_something_else()
    {
        IFileSystem files = OpenDirectory(Root.Path);
        using (IFile file = files.Open("f", FileIntent.CreateNew))
            file.Write(new byte[4096], 0);
        for (int round = 0; round < 20; round++)
        {
            IFile file = files.Open("f", FileIntent.Read);
            using CountdownEvent started = new(2);
            Exception?[] failures = new Exception?[2];
            Thread[] readers = [.. failures.Select((_, index) => new Thread(() => failures[index] = Record.Exception(() => ReadUntilDisposed(file, started))))];
            Array.ForEach(readers, reader => reader.Start());
            started.Wait(TestContext.Current.CancellationToken);
            file.Dispose();
            Array.ForEach(readers, reader => reader.Join());
            Assert.All(failures, failure => Assert.IsType<ObjectDisposedException>(failure));
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static StorageException Refused(StorageFault fault, Func<object> operation)
    {
        void Run() => (operation() as IDisposable)?.Dispose();
        return Refused(fault, Run);
    }

    protected static StorageException Refused(StorageFault fault, Action operation)
    {
        StorageException error = Assert.Throws<StorageException>(operation);
        Assert.Equal(fault, error.Fault);
        return error;
    }

    private static StorageException? FailureOf(Func<object> operation)
    {
        try
        {
            _ = operation();
            return null;
        }
        catch (StorageException exception)
        {
            return exception;
        }
    }

    private static void ReadUntilDisposed(IFile file, CountdownEvent started)
    {
        byte[] buffer = new byte[4096];
        int first;
        try
        {
            first = file.Read(buffer, 0);
        }
        finally
        {
            started.Signal();
        }
        Assert.Equal(4096, first);
        while (true)
            Assert.Equal(4096, file.Read(buffer, 0));
    }

    private int TryFlock(string kind) => Command.Run("flock", kind, "--nonblock", Root.Combine("LOCK"), "true").ExitCode;

    private static void OpenAndList(IFileSystem files)
    {
        _ = files.List("wal");
        files.SyncDirectory("wal");
        using IFile file = files.Open("wal/1", FileIntent.ReadWrite);
        Assert.True(file.TryLock(FileLockKind.Exclusive));
        Refused(StorageFault.NotFound, () => files.Open("wal/2", FileIntent.Read));
        Refused(StorageFault.WrongKind, () => files.Open("wal/pipe", FileIntent.Read));
        Refused(StorageFault.LinkRefused, () => files.Open("wal/link", FileIntent.Read));
        Refused(StorageFault.WrongKind, () => files.Open("wal", FileIntent.Read));
        Refused(StorageFault.AlreadyExists, () => files.Open("wal/1", FileIntent.CreateNew));
    }

    // Counted by where they lead, so that tests running at the same time do not matter.
    private string[] OpenFiles() =>
        [.. Directory.GetFileSystemEntries("/proc/self/fd")
            .Select(descriptor => new FileInfo(descriptor).LinkTarget)
            .OfType<string>()
            .Where(target => target.StartsWith(Root.Path, StringComparison.Ordinal))];

    private static int FindDescriptor(string path) =>
        Directory.GetFileSystemEntries("/proc/self/fd")
            .Where(descriptor => new FileInfo(descriptor).LinkTarget == path)
            .Select(descriptor => int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture))
            .Single();

    private IEnumerable<string> InheritedFiles() =>
        Command.Run("ls", "-l", "/proc/self/fd").Output.Split('\n').Where(line => line.Contains(Root.Path, StringComparison.Ordinal));

    // The file system's user id belongs to a thread, and root's powers over files go with it.
    private static void AsNobody(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            _ = SetFileSystemUser(Nobody);
            failure = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileSystemUser(int user);

    [DllImport("libc", EntryPoint = "open")]
    private static extern int OpenInheritably([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int DuplicateDescriptor(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int CloseDescriptor(int descriptor);
}
