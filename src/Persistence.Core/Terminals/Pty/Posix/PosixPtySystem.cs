using System.ComponentModel;
using Persistence.Storage.Disk;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>The pseudo-terminals of Linux and macOS. It starts no thread.</summary>
/// <param name="platform">In what they differ.</param>
/// <param name="clock">The system's time.</param>
internal sealed class PosixPtySystem(IPosixPlatform platform, TimeProvider clock) : IPtySystem
{
    private readonly AbandonedChildren _abandoned = new();

    public IPty Spawn(PtyStart start)
    {
        _abandoned.Reap();
        PtyStartCheck.ThrowIfInvalid(start);
        string path = ProgramSearch.Find(start);
        PosixTerminal terminal = PosixTerminal.Open(platform, start);
        PosixChild? child = null;
        try
        {
            child = new PosixChild(StartProgram(path, start, terminal));
            return new PosixPty(platform, _abandoned, terminal, child, FindStartTime(child));
        }
        catch
        {
            terminal.Dispose();
            if (child is not null)
                _abandoned.Add(child);
            throw;
        }
    }

    public IPtyPoller CreatePoller() => new PosixPoller(platform.CreateWait(), _abandoned, clock);

    private int StartProgram(string path, PtyStart start, PosixTerminal terminal)
    {
        int errno;
        int processId;
        try
        {
            errno = platform.Spawn(path, start, terminal.SlaveName, out processId);
        }
        catch (EntryPointNotFoundException exception)
        {
            throw new PtySpawnException(PtySpawnFault.NotSupported, start, "the C library is too old: glibc 2.29, musl 1.1.24 or macOS 10.15 is needed", exception);
        }
        return errno == 0 ? processId : throw Diagnose(errno, start);
    }

    // What was there when it was looked for may be gone: looking again finds that out.
    private static PtySpawnException Diagnose(int errno, PtyStart start)
    {
        try
        {
            ProgramSearch.Find(start);
            return SpawnErrors.ToException(SpawnErrors.OfProcess(errno), errno, start);
        }
        catch (PtySpawnException exception)
        {
            return exception;
        }
    }

    // A program that has ended already, or a system that does not say: it has started just now.
    private DateTimeOffset FindStartTime(PosixChild child)
    {
        try
        {
            return CurrentProcess.FindStartTime(child.ProcessId) ?? clock.GetUtcNow();
        }
        catch (Win32Exception)
        {
            return clock.GetUtcNow();
        }
    }
}
