using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// A disk as another process sees it: between any two of its operations, looks included, others go on. Between opening a file of the log and locking
/// it they go on for long; the store's own lock is taken the moment it is free.
/// </summary>
internal sealed class SteppingFileSystem(IFileSystem inner, ControlledScheduler scheduler) : ForwardingFileSystem(inner)
{
    private static readonly TimeSpan LockDelay = TimeSpan.FromMilliseconds(1);

    public override IFile Open(string path, FileIntent intent)
    {
        scheduler.Step();
        return new SteppingFile(base.Open(path, intent), scheduler);
    }

    public override IReadOnlyList<FileEntry> List(string directory)
    {
        scheduler.Step();
        return base.List(directory);
    }

    private sealed class SteppingFile(IFile file, ControlledScheduler scheduler) : ForwardingFile(file)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            scheduler.Step();
            return base.Read(buffer, offset);
        }

        public override bool TryLock(FileLockKind kind)
        {
            if (kind == FileLockKind.Shared)
            {
                scheduler.Sleep(LockDelay);
                return base.TryLock(kind);
            }

            scheduler.WaitUntil(() => base.TryLock(kind));
            return true;
        }
    }
}
