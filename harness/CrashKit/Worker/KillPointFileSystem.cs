using Persistence.CrashKit.Protocol;
using Persistence.Storage;

namespace Persistence.CrashKit.Worker;

/// <summary>The store's files, with the named points in them. The engine is the unmodified one: it is the world that ends.</summary>
internal sealed class KillPointFileSystem(IFileSystem inner, KillTrigger trigger) : IFileSystem
{
    public IFile Open(string path, FileIntent intent)
    {
        if (intent == FileIntent.CreateNew)
            trigger.PassChange();
        return new KillPointFile(inner.Open(path, intent), trigger);
    }

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path)
    {
        trigger.PassChange();
        inner.CreateDirectory(path);
    }

    public void Rename(string from, string to)
    {
        trigger.PassChange();
        bool isCheckpoint = StoreFiles.IsCheckpoint(to);
        bool isRoll = StoreFiles.IsSegment(to);
        bool isArchived = StoreFiles.IsArchived(to);
        if (isCheckpoint)
            trigger.Pass(KillPoint.BeforeCheckpointRename);
        if (isRoll)
            trigger.Pass(KillPoint.BeforeRollRename);
        if (isArchived)
            trigger.Pass(KillPoint.BeforeArchiveRename);
        if (StoreFiles.IsSegment(from))
            trigger.Pass(KillPoint.InsideRetirement);
        inner.Rename(from, to);
        if (isArchived)
            trigger.Say(Deeds.Archived);
        else if (isCheckpoint && StoreFiles.HasIncrementName(to))
            trigger.Say(Deeds.Increment);
        if (isCheckpoint)
            trigger.Pass(KillPoint.AfterCheckpointRename);
        if (isArchived)
            trigger.Pass(KillPoint.AfterArchiveRename);
        if (isRoll)
            trigger.Pass(KillPoint.AfterRollRename);
    }

    public void Link(string existing, string created)
    {
        trigger.PassChange();
        inner.Link(existing, created);
    }

    public void Delete(string path)
    {
        trigger.PassChange();
        if (StoreFiles.IsSegment(path) || StoreFiles.IsCheckpoint(path) || StoreFiles.IsArchived(path))
            trigger.Pass(KillPoint.InsideRetirement);
        inner.Delete(path);
    }

    public void SyncDirectory(string path)
    {
        trigger.PassChange();
        inner.SyncDirectory(path);
    }

    public long GetFreeBytes() => inner.GetFreeBytes();
}
