namespace Persistence.Storage.Simulated;

// The fault model.
//
// There are two kinds of object: a file (an inode: bytes and a size) and a directory (names, each standing for a file or a
// directory). Each exists twice: as every process sees it, and as it is on the medium. An operation changes only what
// processes see; what it changed is *pending* until a barrier carries it to the medium:
//
//   sync, data sync of a file   its bytes and its size, of every operation on it that had returned when the sync began,
//                               whichever handle it came by; they are on the medium when the sync returns, not before
//   sync of a directory         likewise the names in that directory, and nothing about the files they stand for
//
// Nothing else is a barrier: not closing, not renaming, not syncing another file. So
//
//   - a file that was created and synced is gone unless its directory was synced; a directory likewise its parent;
//   - a file renamed into place without a sync of its own may turn up empty;
//   - a rename between two directories is an entry added in one and an entry removed in the other: either may be missing;
//   - a deleted file is back unless its directory was synced, and the bytes it had at its last sync with it;
//   - space inside the size that was never written reads as zeros, or, on some disks, as whatever was there before;
//   - an overwrite that is missing leaves any earlier version that was not synced, not only the last that was;
//   - of a write that is pending any of its sectors may be there, and a sector may be neither old nor new.
//
// A recorded run (StartRecording, DiskTrace) is every operation with the stamps at which it began and returned; operations
// of several threads overlap. CrashStateSpace takes the operations apart into what can be on the medium or missing by
// itself (MicroOperation: the bytes of a write, a size, a name), and has for every *cut*, the moment the power goes:
//
//   what had become durable before, and of what is pending any choice that the disk's promises allow (CrashProfile).
//
//   posix-min                 any choice
//   ordered-metadata          names and sizes as a prefix of the order in which they were made; a size only with its bytes;
//                             a rename between directories as one step
//   ext4-ordered              the same; any sync commits all earlier names; but the size a write gives a file comes late, so
//                             that a new name may stand for an empty file, unless the rename replaces another one
//   ext4-writeback            names and sizes in order, bytes free: a size without its bytes shows what the disk held before
//   no-powersafe-overwrite    any choice, and the rest of a sector of which a part was being written may be spoiled
//   lying-disk                any choice, and the last two syncs did nothing
//
// What is promised to a caller is an event of its own stamp: a cut before it demands nothing. CrashStateEnumerator goes
// through the choices in seven tiers, from a kill at every boundary (T0) to random ones by kind of operation (T6).
//
// A kill leaves everything: the operating system still has it, and what was pending is pending still (CrashState.GoOn). A
// lock belongs to a handle; no handle survives into an image.
//
// A sync that fails (FailSync, and FlushFailure for what becomes of what was pending) is no barrier, and what it leaves behind no later one
// carries to the medium: "success" after a failure proves nothing.
//
// Otherwise a simulated operation never fails unless it must: the name is missing or taken, the space is used up, the file system is read-only.
// Other faults of the device are what FaultInjectingFileSystem is for. CrashImage is the short way to
// four of the states at this moment.

/// <summary>
/// A file system in memory that knows what a power cut would leave. For tests: of the engine, and of programs that embed it.
/// Thread-safe; images made from one another are independent.
/// </summary>
public sealed class SimulatedFileSystem : IFileSystem
{
    private const long LengthMax = 1L << 40;

    private readonly object gate = new();

    // Under the gate.
    private readonly SimulatedDirectory root;
    private long capacityBytes;
    private long usedBytes;
    private readonly List<FailingSync> failingSyncs = [];
    private readonly HashSet<SimulatedFile> openFiles = [];
    private bool isReadOnly;
    private volatile TraceRecorder? recorder;
    private RecordedOperation? current;

    /// <summary>Creates an empty file system.</summary>
    /// <param name="capacityBytes">How many bytes of content fit, in pages of 4 KiB; unlimited by default.</param>
    public SimulatedFileSystem(long capacityBytes = long.MaxValue)
        : this(new SimulatedDirectory(), capacityBytes, usedBytes: 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
    }

    private SimulatedFileSystem(SimulatedDirectory root, long capacityBytes, long usedBytes)
    {
        this.root = root;
        this.capacityBytes = capacityBytes;
        this.usedBytes = usedBytes;
    }

    /// <summary>A disk whose whole content is durable.</summary>
    internal static SimulatedFileSystem FromImage(SimulatedDirectory root, long capacityBytes, long usedBytes) => new(root, capacityBytes, usedBytes);

    /// <summary>Writes down from now on what this disk is asked to do; everything on it counts as durable.</summary>
    /// <param name="step">Called after each operation began and before it returns, without any lock: where a simulation lets another thread go on. Or null.</param>
    public TraceRecorder StartRecording(Action? step = null)
    {
        lock (gate)
            return recorder = new TraceRecorder(root, step);
    }

    /// <summary>What this disk is asked to do, as far as it is recorded; null where it is not.</summary>
    public TraceRecorder? Recorder => recorder;

    internal void ContinueRecording(TraceRecorder continued) => recorder = continued;

    /// <summary>
    /// How many bytes of content fit, counted in pages of 4 KiB. May be set below what is in use: then nothing more can be
    /// written where no space is held.
    /// </summary>
    public long CapacityBytes
    {
        get
        {
            lock (gate)
                return capacityBytes;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (gate)
                capacityBytes = value;
        }
    }

    /// <summary>Whether nothing can be changed or made durable: set from outside, or by a journal that could not be written. What is open stays readable.</summary>
    public bool IsReadOnly
    {
        get
        {
            lock (gate)
                return isReadOnly;
        }

        set
        {
            lock (gate)
                isReadOnly = value;
        }
    }

    /// <summary>The paths of the handles that are open, in order: whoever has closed everything has left none.</summary>
    public IReadOnlyList<string> OpenFiles
    {
        get
        {
            lock (gate)
                return openFiles.Count == 0 ? [] : openFiles.Select(file => file.Path).Order(StringComparer.Ordinal).ToArray();
        }
    }

    /// <summary>
    /// Makes a sync to come fail: of a directory by its path, of a file by the path its handle was opened by, whatever its name is by then. What becomes of
    /// what was pending is the failure's kind, and is part of the trace where one is recorded.
    /// </summary>
    public void FailSync(FailingSync failing)
    {
        ArgumentNullException.ThrowIfNull(failing);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failing.Ordinal);
        lock (gate)
            failingSyncs.Add(failing);
    }

    /// <summary>
    /// The file system as it is found after a crash at this moment: everything in it durable, no handle open, no lock held.
    /// This one goes on unchanged.
    /// </summary>
    public SimulatedFileSystem CrashImage(CrashImageKind kind)
    {
        lock (gate)
        {
            CrashImageBuilder builder = new(kind);
            return new SimulatedFileSystem(builder.Copy(root), capacityBytes, builder.UsedBytes);
        }
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileIntent intent)
    {
        StorePath name = StorePath.ParseFile(path);
        RecordedOperation? operation = intent is FileIntent.CreateNew or FileIntent.OpenOrCreate ? RecordedOperation.Begin(recorder) : null;
        try
        {
            lock (gate)
            {
                current = operation;
                if (intent != FileIntent.Read)
                    RequireWritable("open", path);
                SimulatedInode inode = FindOrCreate(name, path, intent);
                inode.HandleCount++;
                SimulatedFile opened = new(this, inode, path, intent);
                openFiles.Add(opened);
                return opened;
            }
        }
        finally
        {
            operation?.End();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string directory)
    {
        string name = StorePath.ParseDirectory(directory);
        lock (gate)
        {
            if (FindDirectory(name, "list", directory) is not { } found)
                return [];
            FileEntry[] entries = new FileEntry[found.Names.Count];
            int count = 0;
            foreach ((string entry, SimulatedNode node) in found.Names)
                entries[count++] = new FileEntry(entry, node.Kind);
            Array.Sort(entries, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
            return entries;
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        string name = StorePath.ParseDirectory(path);
        Apply(new SimulatedChange { Kind = DiskChangeKind.CreateDirectory, Path = path, Name = new StorePath("", name) });
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        StorePath name = StorePath.ParseFile(from);
        StorePath target = StorePath.ParseFile(to);
        Apply(new SimulatedChange { Kind = DiskChangeKind.Rename, Path = from, Name = name, Target = target });
    }

    /// <inheritdoc/>
    public void Link(string existing, string created)
    {
        StorePath name = StorePath.ParseFile(existing);
        StorePath target = StorePath.ParseFile(created);
        Apply(new SimulatedChange { Kind = DiskChangeKind.Link, Path = existing, Name = name, Target = target });
    }

    /// <inheritdoc/>
    public void Delete(string path) =>
        Apply(new SimulatedChange { Kind = DiskChangeKind.Delete, Path = path, Name = StorePath.ParseFile(path) });

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        string name = StorePath.ParseDirectory(path);
        Apply(new SimulatedChange { Kind = DiskChangeKind.SyncDirectory, Path = path, Name = new StorePath(name, "") });
    }

    /// <inheritdoc/>
    public long GetFreeBytes()
    {
        lock (gate)
            return Math.Max(0, capacityBytes - usedBytes);
    }

    /// <summary>The one way by which anything here changes or becomes durable.</summary>
    internal void Apply(in SimulatedChange change)
    {
        RecordedOperation? operation = RecordedOperation.Begin(recorder);
        try
        {
            lock (gate)
            {
                current = operation;
                ApplyUnderGate(change);
            }
        }
        finally
        {
            operation?.End();
        }
    }

    internal long GetLength(SimulatedInode file)
    {
        lock (gate)
            return file.Content.Length;
    }

    internal int Read(SimulatedInode file, Span<byte> buffer, long offset)
    {
        lock (gate)
            return file.Content.Read(buffer, offset);
    }

    internal bool TryLock(SimulatedInode file, SimulatedFile handle, FileLockKind kind)
    {
        lock (gate)
            return file.TryLock(handle, kind);
    }

    internal void Close(SimulatedInode file, SimulatedFile handle)
    {
        lock (gate)
        {
            file.Unlock(handle);
            file.HandleCount--;
            openFiles.Remove(handle);
            FreeIfGone(file);
        }
    }

    private void ApplyUnderGate(in SimulatedChange change)
    {
        RequireWritable("change", change.Path);
        switch (change.Kind)
        {
            case DiskChangeKind.CreateFile:
                ApplyCreateFile(change);
                break;
            case DiskChangeKind.CreateDirectory:
                ApplyCreateDirectory(change);
                break;
            case DiskChangeKind.Rename:
                ApplyRename(change);
                break;
            case DiskChangeKind.Link:
                ApplyLink(change);
                break;
            case DiskChangeKind.Delete:
                ApplyDelete(change);
                break;
            case DiskChangeKind.SyncDirectory:
                ApplySyncDirectory(change);
                break;
            case DiskChangeKind.Write:
                ApplyWrite(change, change.File!);
                break;
            case DiskChangeKind.SetLength:
                ApplySetLength(change, change.File!);
                break;
            case DiskChangeKind.Allocate:
                ApplyAllocate(change, change.File!);
                break;
            case DiskChangeKind.SyncData or DiskChangeKind.Sync:
                ApplySync(change, change.File!);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change));
        }
    }

    private void ApplyCreateDirectory(in SimulatedChange change)
    {
        if (FindDirectory(change.Name.Name, "create directory", change.Path) is null)
        {
            SimulatedDirectory created = new();
            root.Set(change.Name.Name, created);
            Record(change, root, created);
        }
    }

    private void ApplyCreateFile(in SimulatedChange change)
    {
        SimulatedDirectory directory = RequireDirectory(change.Name.Directory, "open", change.Path);
        SimulatedInode created = new();
        AddName(directory, change.Name.Name, created);
        Record(change, directory, created);
    }

    private void ApplyRename(in SimulatedChange change)
    {
        SimulatedDirectory from = RequireDirectory(change.Name.Directory, "rename", change.Path);
        SimulatedDirectory to = RequireDirectory(change.Target.Directory, "rename", change.Path);
        SimulatedInode file = RequireFile(from, change.Name.Name, "rename", change.Path);
        SimulatedNode? replaced = to.Find(change.Target.Name);
        if (replaced is SimulatedDirectory)
            throw new StorageException(StorageFault.WrongKind, "rename", change.Path);
        // As POSIX has it: two names of one file both stay.
        if (ReferenceEquals(replaced, file))
            return;
        if (replaced is not null)
            RemoveName(to, change.Target.Name);
        AddName(to, change.Target.Name, file);
        RemoveName(from, change.Name.Name);
        Record(change, from, file, to, replaces: replaced is not null);
    }

    private void ApplyLink(in SimulatedChange change)
    {
        SimulatedDirectory from = RequireDirectory(change.Name.Directory, "link", change.Path);
        SimulatedDirectory to = RequireDirectory(change.Target.Directory, "link", change.Path);
        SimulatedInode file = RequireFile(from, change.Name.Name, "link", change.Path);
        if (to.Find(change.Target.Name) is not null)
            throw new StorageException(StorageFault.AlreadyExists, "link", change.Path);
        AddName(to, change.Target.Name, file);
        Record(change, from, file, to);
    }

    private void ApplyDelete(in SimulatedChange change)
    {
        SimulatedDirectory directory = RequireDirectory(change.Name.Directory, "delete", change.Path);
        SimulatedInode file = RequireFile(directory, change.Name.Name, "delete", change.Path);
        RemoveName(directory, change.Name.Name);
        Record(change, directory, file);
    }

    // Like a real disk: what fits is written, then the error comes.
    private void ApplyWrite(in SimulatedChange change, SimulatedInode file)
    {
        RequireAddressable(change, change.Position + change.Data.Length, "write");
        int writable = file.Content.CountWritable(change.Position, change.Data.Length, FreePages);
        long before = file.UsedBytes;
        long sizeBefore = file.Content.Length;
        file.Content.Write(change.Data[..writable], change.Position);
        usedBytes += file.UsedBytes - before;
        if (writable > 0)
            Record(change, file, data: change.Data[..writable], sizeBefore: sizeBefore);
        if (writable < change.Data.Length)
            throw new StorageException(StorageFault.DiskFull, "write", change.Path);
    }

    private void ApplySetLength(in SimulatedChange change, SimulatedInode file)
    {
        RequireAddressable(change, change.Position, "set the length of");
        long before = file.UsedBytes;
        long sizeBefore = file.Content.Length;
        file.Content.SetLength(change.Position);
        usedBytes += file.UsedBytes - before;
        Record(change, file, sizeBefore: sizeBefore);
    }

    private void ApplyAllocate(in SimulatedChange change, SimulatedInode file)
    {
        RequireAddressable(change, change.Position, "allocate");
        if (file.Content.CountHoles(change.Position) > FreePages)
            throw new StorageException(StorageFault.DiskFull, "allocate", change.Path);
        long before = file.UsedBytes;
        long sizeBefore = file.Content.Length;
        file.Content.Allocate(change.Position);
        usedBytes += file.UsedBytes - before;
        Record(change, file, sizeBefore: sizeBefore);
    }

    private void ApplySync(in SimulatedChange change, SimulatedInode file)
    {
        FailingSync? failing = TakeFailing(change.Path);
        if (failing is null && file.NextSyncFails)
            failing = new FailingSync(change.Path, FlushFailure.Forgotten);
        file.NextSyncFails = failing?.Failure == FlushFailure.ReportedLate;
        if (failing is not null && !file.NextSyncFails)
        {
            long before = file.UsedBytes;
            bool reverts = failing.Failure == FlushFailure.Reverted;
            file.FailSync(reverts, failing.IsHeardLater);
            change.Handle?.HearsOfFailure();
            file.IsFailureNews = failing.IsHeardLater;
            usedBytes += file.UsedBytes - before;
            Record(change, file, kind: reverts ? DiskChangeKind.RevertedSync : DiskChangeKind.FailedSync);
            throw Fail(failing, "sync");
        }

        // It does its work, but nobody may count on it: to the trace nothing happened.
        if (change.Handle?.HearsOfFailure() == true)
            throw new StorageException(StorageFault.Failed, "sync", change.Path, "an earlier sync failed");
        file.Sync();
        Record(change, file);
    }

    private void ApplySyncDirectory(in SimulatedChange change)
    {
        SimulatedDirectory directory = RequireDirectory(change.Name.Directory, "sync directory", change.Path);
        if (TakeFailing(change.Path) is FailingSync failing)
        {
            directory.ForgetChanges();
            Record(change, directory, kind: DiskChangeKind.FailedSync);
            throw Fail(failing, "sync directory");
        }

        directory.Sync();
        Record(change, directory);
    }

    private StorageException Fail(FailingSync failing, string operation)
    {
        isReadOnly |= failing.Failure == FlushFailure.JournalAborted;
        return new StorageException(failing.Fault, operation, failing.Path, "simulated");
    }

    /// <summary>The failure meant for this sync, if there is one; those meant for later ones come nearer.</summary>
    private FailingSync? TakeFailing(string path)
    {
        FailingSync? taken = null;
        for (int i = failingSyncs.Count - 1; i >= 0; i--)
        {
            string meant = failingSyncs[i].Path;
            if (meant != path && !(meant.EndsWith('/') && path.StartsWith(meant, StringComparison.Ordinal)))
                continue;
            if (failingSyncs[i].Ordinal > 1)
            {
                failingSyncs[i] = failingSyncs[i] with { Ordinal = failingSyncs[i].Ordinal - 1 };
                continue;
            }

            taken = failingSyncs[i];
            failingSyncs.RemoveAt(i);
        }

        return taken;
    }

    private void RequireWritable(string operation, string path)
    {
        if (isReadOnly)
            throw new StorageException(StorageFault.ReadOnly, operation, path);
    }

    private void Record(
        in SimulatedChange change, SimulatedNode subject, SimulatedNode? node = null, SimulatedDirectory? target = null, ReadOnlySpan<byte> data = default, long sizeBefore = 0, bool replaces = false,
        DiskChangeKind? kind = null)
    {
        if (current is null || recorder is not TraceRecorder recording)
            return;
        current.TakesEffect(new TraceOperation
        {
            Kind = kind ?? change.Kind,
            Subject = recording.NumberOf(subject),
            Node = node is null ? 0 : recording.NumberOf(node),
            TargetDirectory = target is null ? 0 : recording.NumberOf(target),
            Name = change.Name.Name ?? "",
            NewName = change.Target.Name ?? "",
            Replaces = replaces,
            Position = change.Position,
            Data = data.ToArray(),
            SizeBefore = sizeBefore,
        });
    }

    private long FreePages => Math.Max(0, capacityBytes - usedBytes) / Page.Size;

    private static void RequireAddressable(in SimulatedChange change, long end, string operation)
    {
        if (end is < 0 or > LengthMax)
            throw new StorageException(StorageFault.Failed, operation, change.Path, "the file would be too large");
    }

    private SimulatedInode FindOrCreate(StorePath name, string path, FileIntent intent)
    {
        SimulatedDirectory directory = RequireDirectory(name.Directory, "open", path);
        SimulatedNode? found = directory.Find(name.Name);
        if (found is not null && intent == FileIntent.CreateNew)
            throw new StorageException(StorageFault.AlreadyExists, "open", path);
        if (found is null && intent is FileIntent.CreateNew or FileIntent.OpenOrCreate)
            ApplyUnderGate(new SimulatedChange { Kind = DiskChangeKind.CreateFile, Path = path, Name = name });
        return RequireFile(directory, name.Name, "open", path);
    }

    private static SimulatedInode RequireFile(SimulatedDirectory directory, string name, string operation, string path) =>
        directory.Find(name) switch
        {
            SimulatedInode file => file,
            null => throw new StorageException(StorageFault.NotFound, operation, path),
            _ => throw new StorageException(StorageFault.WrongKind, operation, path),
        };

    private SimulatedDirectory RequireDirectory(string name, string operation, string path) =>
        FindDirectory(name, operation, path) ?? throw new StorageException(StorageFault.NotFound, operation, path);

    private SimulatedDirectory? FindDirectory(string name, string operation, string path)
    {
        if (name.Length == 0)
            return root;
        return root.Find(name) switch
        {
            SimulatedDirectory directory => directory,
            null => null,
            _ => throw new StorageException(StorageFault.WrongKind, operation, path),
        };
    }

    private static void AddName(SimulatedDirectory directory, string name, SimulatedInode file)
    {
        directory.Set(name, file);
        file.NameCount++;
    }

    private void RemoveName(SimulatedDirectory directory, string name)
    {
        SimulatedInode file = (SimulatedInode)directory.Find(name)!;
        directory.Remove(name);
        file.NameCount--;
        FreeIfGone(file);
    }

    private void FreeIfGone(SimulatedInode file)
    {
        if (file.IsGone)
            usedBytes -= file.UsedBytes;
    }
}
