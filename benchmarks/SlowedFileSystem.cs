using System.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Benchmarks;

/// <summary>Makes each flush take at least a given time, so that ratios to a flush mean the same on fast and slow disks.</summary>
internal sealed class SlowedFileSystem(IFileSystem inner, TimeSpan flushAtLeast) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent) => new SlowedFile(base.Open(path, intent), flushAtLeast);

    private sealed class SlowedFile(IFile file, TimeSpan flushAtLeast) : ForwardingFile(file)
    {
        public override void SyncData()
        {
            long started = Stopwatch.GetTimestamp();
            base.SyncData();
            WaitUntil(started);
        }

        public override void Sync()
        {
            long started = Stopwatch.GetTimestamp();
            base.Sync();
            WaitUntil(started);
        }

        private void WaitUntil(long started)
        {
            TimeSpan left = flushAtLeast - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.FromMilliseconds(1.5))
                Thread.Sleep(left);
            while (Stopwatch.GetElapsedTime(started) < flushAtLeast)
                Thread.SpinWait(20);
        }
    }
}
