using System.Diagnostics;
using Persistence.Storage;

namespace PersistenceModule;

/// <summary>
/// A store's files for a look that must be quick: reading ends with an <see cref="OperationCanceledException"/> when it comes to more
/// than a few bytes or takes long, and nothing is ever written. Used by one thread.
/// </summary>
internal sealed class QuickLookFiles(IFileSystem files) : IFileSystem, IDisposable
{
    /// <summary>Enough for a store that is open somewhere: the last segment, of the default size, is read to its end, and more than once.</summary>
    private const long BytesMax = 64 << 20;

    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(1);

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _bytes;

    public IFile Open(string path, FileIntent intent)
    {
        RequireTime();
        return intent == FileIntent.Read ? new QuickLookFile(files.Open(path, intent), this) : throw Refused();
    }

    public IReadOnlyList<FileEntry> List(string directory)
    {
        RequireTime();
        return files.List(directory);
    }

    public long GetFreeBytes() => files.GetFreeBytes();

    public void CreateDirectory(string path) => throw Refused();

    public void Rename(string from, string to) => throw Refused();

    public void Link(string existing, string created) => throw Refused();

    public void Delete(string path) => throw Refused();

    public void SyncDirectory(string path) => throw Refused();

    public void Dispose() => (files as IDisposable)?.Dispose();

    private void Spend(int bytes)
    {
        RequireTime();
        _bytes += bytes;
        if (_bytes > BytesMax)
            throw new OperationCanceledException("There is more to read than a quick look allows.");
    }

    private void RequireTime()
    {
        if (Stopwatch.GetElapsedTime(_started) > TimeMax)
            throw new OperationCanceledException("The look took too long.");
    }

    private static NotSupportedException Refused() => new("A look writes nothing.");

    private sealed class QuickLookFile(IFile file, QuickLookFiles budget) : IFile
    {
        public string Path => file.Path;

        public long GetLength() => file.GetLength();

        public int Read(Span<byte> buffer, long offset)
        {
            budget.Spend(buffer.Length);
            return file.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> data, long offset) => throw Refused();

        public void SetLength(long length) => throw Refused();

        public void Allocate(long length) => throw Refused();

        public void SyncData() => throw Refused();

        public void Sync() => throw Refused();

        // Shared: a segment that is being read is not made into a new one.
        public bool TryLock(FileLockKind kind) => kind == FileLockKind.Shared ? file.TryLock(kind) : throw Refused();

        public void Dispose() => file.Dispose();
    }
}
