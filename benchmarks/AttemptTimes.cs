using System.Diagnostics;
using Persistence.Locking;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Benchmarks;

/// <summary>The files of one who waits for a lock, with the times at which it tried to take it; <paramref name="tried"/> is called when it has a place in the queue and tries.</summary>
internal sealed class AttemptTimes(IFileSystem inner, Action? tried = null) : ForwardingFileSystem(inner)
{
    private readonly Action? _tried = tried;
    private readonly List<long> _times = [];

    /// <summary>From each attempt to the next, in microseconds.</summary>
    public IEnumerable<double> BetweenUs => _times.Zip(_times.Skip(1), static (earlier, later) => (later - earlier) * 1e6 / Stopwatch.Frequency);

    public override IFile Open(string path, FileIntent intent) =>
        path == StoreLock.FileName && intent == FileIntent.OpenOrCreate ? new LockFile(base.Open(path, intent), this) : base.Open(path, intent);

    private sealed class LockFile(IFile file, AttemptTimes times) : ForwardingFile(file)
    {
        public override bool TryLock(FileLockKind kind)
        {
            times._times.Add(Stopwatch.GetTimestamp());
            bool isTaken = base.TryLock(kind);
            // The first is the arrival's, before there is a place in the queue.
            if (times._times.Count > 1)
                times._tried?.Invoke();
            return isTaken;
        }
    }
}
