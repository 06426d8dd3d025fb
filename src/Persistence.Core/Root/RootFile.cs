using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Root;

/// <summary>
/// ROOT open for writing. Updates are serialized; each is durable when it returns. A failed update poisons: the caller
/// records the fault, and this object refuses every further update.
/// </summary>
public sealed class RootFile : IDisposable
{
    /// <summary>The file's name in the store.</summary>
    public const string Name = "ROOT";

    private const int SlotBytes = 2 * RootCodec.CopyBytes;
    /// <summary>Length of the file.</summary>
    internal const int FileBytes = 2 * SlotBytes;

    private readonly IFile _file;
    private readonly IGate _gate;
    private bool _failed;

    private RootFile(IFile file, IScheduler scheduler, RootRecord current, RootRecord? previous)
    {
        _file = file;
        _gate = scheduler.CreateGate();
        Current = current;
        Previous = previous;
    }

    /// <summary>The durable record.</summary>
    public RootRecord Current { get; private set; }

    /// <summary>The record in the other slot, to which a reader falls back when the current slot is lost.</summary>
    public RootRecord? Previous { get; private set; }

    /// <summary>Reads ROOT without changing it.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/> when an intact copy is newer than this version.</exception>
    public static RootReading Read(IFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        IFile file;
        try
        {
            file = files.Open(Name, FileIntent.Read);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return new RootReading(null, null, [], Exists: false);
        }

        using (file)
            return Read(file);
    }

    /// <summary>
    /// Opens ROOT for writing: makes the believed slot durable by rewriting it byte for byte, both copies, since it may
    /// exist only in the page cache, and the next update goes to the other slot.
    /// </summary>
    public static RootFile OpenForWriting(IFileSystem files, IScheduler scheduler, RootReading reading)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(reading);
        RootRecord believed = reading.Believed ?? throw new ArgumentException("There is no record to believe.", nameof(reading));
        IFile file = files.Open(Name, FileIntent.ReadWrite);
        try
        {
            WriteSlot(file, believed.Generation, reading.BelievedPage ?? RootCodec.Encode(believed));
            return new RootFile(file, scheduler, believed, reading.Other);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Creates ROOT with its first record, which both slots hold, the other one as the generation before: complete or absent, never in between.</summary>
    public static void Create(IFileSystem files, RootRecord first) => AtomicFile.Write(files, Name, Encode(first));

    /// <summary>The content of a ROOT whose first record this is.</summary>
    internal static byte[] Encode(RootRecord first)
    {
        byte[] content = new byte[FileBytes];
        foreach (RootRecord record in (RootRecord[])[first with { Generation = first.Generation - 1 }, first])
        {
            byte[] page = RootCodec.Encode(record);
            int slot = SlotOffset(record.Generation);
            page.CopyTo(content, slot);
            page.CopyTo(content, slot + RootCodec.CopyBytes);
        }

        return content;
    }

    /// <summary>Derives the next record from the current one, writes it to the other slot and syncs.</summary>
    /// <returns>The new record.</returns>
    public RootRecord Update(Func<RootRecord, RootRecord> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _gate.Enter();
        try
        {
            if (_failed)
                throw new StoreException(StoreError.StoreFaulted, "An earlier update of ROOT failed.") { File = Name };
            RootRecord next = change(Current) with { Generation = Current.Generation + 1 };
            byte[] page = RootCodec.Encode(next);
            _failed = true;
            WriteSlot(_file, next.Generation, page);
            _failed = false;
            Previous = Current;
            Current = next;
            return next;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static RootReading Read(IFile file)
    {
        StorageException? unreadable = null;
        RootRecord?[] slots = new RootRecord?[2];
        RootRecord? best = null;
        byte[]? bestPage = null;
        List<string> defects = [];
        Span<byte> page = stackalloc byte[RootCodec.CopyBytes];
        for (int copy = 0; copy < 4; copy++)
        {
            int offset = copy * RootCodec.CopyBytes;
            RootRecord? record = TryReadCopy(file, page, offset, ref unreadable) ? RootCodec.Decode(page) : null;
            if (record is not null && SlotOffset(record.Generation) == copy / 2 * SlotBytes)
            {
                slots[copy / 2] = Newer(slots[copy / 2], record);
                if (best is null || record.Generation > best.Generation)
                    (best, bestPage) = (record, page.ToArray());
            }
            else
            {
                defects.Add($"ROOT slot {copy / 2} copy {copy % 2} is damaged (offset {offset}).");
            }
        }

        // Not one copy, and not all of them because they are damaged: another time there may be one.
        if (best is null && unreadable is not null)
            throw unreadable;
        RootRecord? other = ReferenceEquals(best, slots[0]) ? slots[1] : slots[0];
        return new RootReading(best, other, defects, Exists: true) { BelievedPage = bestPage };
    }

    /// <summary>A copy that the device does not give counts as damaged, as long as there is another.</summary>
    private static bool TryReadCopy(IFile file, Span<byte> page, long offset, ref StorageException? unreadable)
    {
        try
        {
            return file.Read(page, offset) == page.Length;
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            unreadable = e;
            return false;
        }
    }

    private static RootRecord? Newer(RootRecord? left, RootRecord? right) =>
        left is null || (right is not null && right.Generation > left.Generation) ? right : left;

    private static int SlotOffset(long generation) => (int)(generation & 1) * SlotBytes;

    private static void WriteSlot(IFile file, long generation, byte[] page)
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        page.CopyTo(slot);
        page.CopyTo(slot[RootCodec.CopyBytes..]);
        file.Write(slot, SlotOffset(generation));
        file.SyncData();
    }
}
