using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Engine;

/// <summary>
/// The right to change <c>persistence.toml</c>: an exclusive lock of the operating system on a file beside it, so that of two who change it at the same time the second sees what the first has done.
/// The file stays: if one removed it, two could have locked two files of that name. Whoever changes the configuration by hand is not kept from it.
/// </summary>
internal static class ConfigurationLock
{
    /// <summary>The file.</summary>
    public const string FileName = ConfigurationFile.Name + ".lock";

    // A change takes a few flushes.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _waitMax = TimeSpan.FromSeconds(10);

    /// <summary>Waits for it, up to ten seconds; it is given up with the file.</summary>
    /// <exception cref="StoreException">LockTimeout; or a failure of the files.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up (<see cref="StoreHost.StopWaiting"/>).</exception>
    public static IFile Take(StoreHost host)
    {
        IFile file = host.Files.Open(FileName, FileIntent.OpenOrCreate);
        try
        {
            Wait(host, file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Systems tell nobody that a lock is free: one has to try again.</summary>
    private static void Wait(StoreHost host, IFile file)
    {
        long started = host.Clock.GetTimestamp();
        IGate gate = host.Scheduler.CreateGate();
        while (!file.TryLock(FileLockKind.Exclusive))
        {
            host.StopWaiting.ThrowIfCancellationRequested();
            if (host.Clock.GetElapsedTime(started) >= _waitMax)
                throw TimedOut();
            gate.Pause(_pause);
        }
    }

    private static StoreException TimedOut() => new(
        StoreError.LockTimeout,
        $"'{ConfigurationFile.Name}' is being changed by another process, which does not come to an end. Nothing was changed. Try again, or find out who has '{FileName}' open.")
    { File = FileName };
}
