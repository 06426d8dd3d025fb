namespace Persistence.Storage;

/// <summary>
/// An open file. Thread-safe for reads; one writer at a time. Every failure is a <see cref="StorageException"/>. After a
/// failed write or sync nothing may be assumed about the bytes concerned: the engine never retries on the same handle.
/// </summary>
/// <remarks>
/// The caller's mistakes: a negative offset or length is an <see cref="ArgumentOutOfRangeException"/>, changing or syncing
/// through a handle opened for <see cref="FileIntent.Read"/> an <see cref="InvalidOperationException"/>, using a disposed
/// handle an <see cref="ObjectDisposedException"/>. Disposing twice does nothing; disposing during a call takes effect when
/// the call returns.
/// </remarks>
public interface IFile : IDisposable
{
    /// <summary>The path it was opened by, inside the store.</summary>
    string Path { get; }

    /// <summary>The size in bytes.</summary>
    long GetLength();

    /// <summary>Reads until <paramref name="buffer"/> is full or the file ends.</summary>
    /// <returns>The number of bytes read; less than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>
    /// Writes all of <paramref name="data"/>, growing the file where needed, or throws, having written any part of it.
    /// Durable only after a sync.
    /// </summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>Cuts the file or extends it with zeros. An extension may be sparse: use <see cref="Allocate"/> to hold the space.</summary>
    void SetLength(long length);

    /// <summary>
    /// Extends the file to at least <paramref name="length"/> with zeros whose space is held, so that writing there later
    /// does not run out of space. Existing bytes stay. After a failure the length may be anything in between.
    /// </summary>
    void Allocate(long length);

    /// <summary>Makes the bytes written through any handle before this call durable, with as much metadata as reading them needs.</summary>
    void SyncData();

    /// <summary>Makes bytes and all metadata durable.</summary>
    void Sync();

    /// <summary>
    /// Takes a lock on the whole file, without waiting. It belongs to this handle, conflicts with other handles (of this
    /// process too) and ends when the handle is disposed or the process dies. A handle that held the other kind has
    /// given it up first: after a refusal it holds none.
    /// </summary>
    /// <returns>False when another handle holds a conflicting lock.</returns>
    bool TryLock(FileLockKind kind);
}
