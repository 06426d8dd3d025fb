using System.Diagnostics;
using Persistence.Storage;

namespace Persistence.Benchmarks;

/// <summary>Makes each flush take at least a given time, so that ratios to a flush mean the same on fast and slow disks.</summary>
internal sealed class SlowedFileSystem(IFileSystem inner, TimeSpan flushAtLeast) : IFileSystem
{
    public IFile Open(string path, FileIntent intent) => new SlowedFile(inner.Open(path, intent), flushAtLeast);

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Link(string existing, string created) => inner.Link(existing, created);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public long GetFreeBytes() => inner.GetFreeBytes();

    private sealed class SlowedFile(IFile file, TimeSpan flushAtLeast) : IFile
    {
        public string Path => file.Path;

        public long GetLength() => file.GetLength();

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> data, long offset) => file.Write(data, offset);

        public void SetLength(long length) => file.SetLength(length);

        public void Allocate(long length) => file.Allocate(length);

        public void SyncData()
        {
            long started = Stopwatch.GetTimestamp();
            file.SyncData();
            WaitUntil(started);
        }

        public void Sync()
        {
            long started = Stopwatch.GetTimestamp();
            file.Sync();
            WaitUntil(started);
        }

        public bool TryLock(FileLockKind kind) => file.TryLock(kind);

        public void Dispose() => file.Dispose();

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
