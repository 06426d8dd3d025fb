using System.Buffers.Binary;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>One wait for a store's lock (FORMAT.md): the first of the queue tries every few milliseconds, the others look less often whether they are first.</summary>
internal sealed class LockWait(LockContext context, IFile lockFile, int timeoutMs, CancellationToken stopping)
{
    private const int FirstPauseMsMax = 5;
    private const int LaterPauseMsMax = 50;
    private const int PauseWithoutPlaceMsMax = 100;
    private const int DoublingsMax = 7;

    private readonly long _started = context.Clock.GetTimestamp();

    /// <summary>A short wait is to find out, too: else nobody who waits for a short time would ever have a lock that is free.</summary>
    private TimeSpan StalledAfter => TimeSpan.FromTicks(Math.Min(context.StalledAfter.Ticks, TimeSpan.FromMilliseconds(timeoutMs).Ticks / 2));

    /// <summary>Returns when the lock file is locked.</summary>
    /// <exception cref="StoreLockedException">LockTimeout.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public void Run()
    {
        // Left only when the lock is taken: in between nobody else is first.
        using LockTicket? ticket = LockTicket.TryTake(context with { StalledAfter = StalledAfter });
        for (int attempt = 0; ; attempt++)
        {
            stopping.ThrowIfCancellationRequested();
            int ahead = ticket?.CountAhead() ?? 0;
            if (ahead == 0 && lockFile.TryLock(FileLockKind.Exclusive))
                return;
            TimeSpan left = TimeSpan.FromMilliseconds(timeoutMs) - context.Clock.GetElapsedTime(_started);
            if (left <= TimeSpan.Zero)
                throw StoreLockedException.TimedOut(LockOwner.TryRead(context.Files), timeoutMs, ahead);
            double pauseMs = Jitter(Math.Min(1 << Math.Min(attempt, DoublingsMax), PauseMsMax(ticket, ahead)));
            // Systems wait in whole milliseconds: less than one would be none, and the attempts a loop without a pause.
            Pause(TimeSpan.FromMilliseconds(Math.Max(1, Math.Min(pauseMs, left.TotalMilliseconds))));
        }
    }

    private static int PauseMsMax(LockTicket? ticket, int ahead) =>
        ticket is null ? PauseWithoutPlaceMsMax : Math.Clamp(ahead * FirstPauseMsMax, FirstPauseMsMax, LaterPauseMsMax);

    /// <summary>Between half of the pause and all of it, so that those who began together do not go on together.</summary>
    private double Jitter(int pauseMs)
    {
        Span<byte> bytes = stackalloc byte[4];
        context.Random.Fill(bytes);
        double fraction = BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (double)uint.MaxValue;
        return pauseMs * (0.5 + (fraction / 2));
    }

    private void Pause(TimeSpan time) => context.Scheduler.CreateGate().Pause(time);
}
