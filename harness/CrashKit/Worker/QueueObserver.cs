using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// The files of one who waits for a store's lock, watched: <paramref name="queued"/> is called when it has its place in the queue, which is when its ticket is
/// locked and was seen in the directory. For one thread.
/// </summary>
internal sealed class QueueObserver(IFileSystem inner, Action queued) : ForwardingFileSystem(inner)
{
    private const string TicketPrefix = "LOCK-wait-";

    private string? _lockedTicket;

    public override IFile Open(string path, FileIntent intent)
    {
        IFile file = base.Open(path, intent);
        return intent == FileIntent.CreateNew && path.StartsWith(TicketPrefix, StringComparison.Ordinal) ? new Ticket(file, this) : file;
    }

    public override IReadOnlyList<FileEntry> List(string directory)
    {
        IReadOnlyList<FileEntry> entries = base.List(directory);
        if (_lockedTicket is string ticket && entries.Any(entry => entry.Name == ticket))
        {
            _lockedTicket = null;
            queued();
        }

        return entries;
    }

    private sealed class Ticket(IFile file, QueueObserver observer) : ForwardingFile(file)
    {
        public override bool TryLock(FileLockKind kind)
        {
            bool isLocked = base.TryLock(kind);
            observer._lockedTicket = isLocked ? Path : null;
            return isLocked;
        }
    }
}
