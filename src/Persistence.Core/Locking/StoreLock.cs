using System.Buffers.Binary;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>
/// The right to write a store: an exclusive lock of the operating system on LOCK, which ends with the process, however that
/// ends. So a dead owner's store is free at once.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    public const string FileName = "LOCK";
    private const int RetryMsMin = 5;
    private const int RetryMsMax = 100;

    private readonly IFile _file;

    private StoreLock(IFile file) => _file = file;

    /// <summary>Whether the file that is locked is there, locked or not.</summary>
    public static bool Exists(IFileSystem files) => files.List("").Any(entry => entry.Name == FileName);

    /// <summary>
    /// Whether somebody holds the lock. To find out it is taken for a moment, shared, if nobody does: so this is for a store
    /// whose owner seems to be at work, where nobody else can get it anyway.
    /// </summary>
    public static bool IsHeld(IFileSystem files)
    {
        try
        {
            using IFile file = files.Open(FileName, FileIntent.Read);
            return !file.TryLock(FileLockKind.Shared);
        }
        catch (StorageException e)
        {
            return e.Fault == StorageFault.Locked;
        }
    }

    /// <summary>Takes the lock, waiting up to <paramref name="timeoutMs"/> with growing, jittered pauses.</summary>
    /// <exception cref="StoreLockedException">Somebody holds it.</exception>
    public static StoreLock Acquire(IFileSystem files, IScheduler scheduler, TimeProvider clock, IRandomSource random, int timeoutMs)
    {
        IFile file = files.Open(FileName, FileIntent.OpenOrCreate);
        try
        {
            long started = clock.GetTimestamp();
            int pauseMs = RetryMsMin;
            while (!file.TryLock(FileLockKind.Exclusive))
            {
                TimeSpan left = TimeSpan.FromMilliseconds(timeoutMs) - clock.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                    throw new StoreLockedException(LockOwner.TryRead(files), timeoutMs);
                Pause(scheduler, TimeSpan.FromMilliseconds(Math.Min(Jitter(random, pauseMs), left.TotalMilliseconds)));
                pauseMs = Math.Min(pauseMs * 2, RetryMsMax);
            }

            return new StoreLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static double Jitter(IRandomSource random, int pauseMs)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        double fraction = BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (double)uint.MaxValue;
        return pauseMs * (0.5 + (fraction / 2));
    }

    private static void Pause(IScheduler scheduler, TimeSpan time)
    {
        IGate gate = scheduler.CreateGate();
        gate.Enter();
        gate.Wait(time);
        gate.Exit();
    }
}
