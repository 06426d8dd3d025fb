using System.ComponentModel;
using System.IO.Pipes;
using Persistence.Platform;
using Persistence.Storage.Disk;
using Persistence.Terminals.Pty.Piped;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>Windows' pseudo consoles (10 version 1809 and later): compiled, not run.</summary>
/// <param name="scheduler">Where the two threads of each terminal come from: the pipes of a pseudo console block.</param>
/// <param name="clock">The system's time.</param>
internal sealed class ConPtySystem(IScheduler scheduler, TimeProvider clock) : IPtySystem
{
    private const uint NoFile = 0xFFFFFFFF;
    private const uint Directory = 0x10;

    private readonly WindowsProgramSearch _search = new(
        static path => Kernel32.GetFileAttributes(path) is not NoFile and uint file && (file & Directory) == 0,
        static path => Kernel32.GetFileAttributes(path) is not NoFile and uint file && (file & Directory) != 0);

    public IPty Spawn(PtyStart start)
    {
        PtyStartCheck.ThrowIfInvalid(start);
        if (start.Command.Contains('"', StringComparison.Ordinal))
            throw new ArgumentException("The command has a quotation mark in it, which no path has.", nameof(start));
        return Open(_search.Find(start), start);
    }

    public IPtyPoller CreatePoller() => new GatePoller(scheduler, clock);

    private ConPty Open(string program, PtyStart start)
    {
        AnonymousPipeServerStream? input = null;
        AnonymousPipeServerStream? output = null;
        try
        {
            input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
            output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            return Open(program, start, input, output);
        }
        catch (Exception exception)
        {
            input?.Dispose();
            output?.Dispose();
            if (exception is IOException)
                throw new PtySpawnException(PtySpawnFault.TooManyOpenFiles, start, exception.Message, exception);
            throw;
        }
    }

    private ConPty Open(string program, PtyStart start, AnonymousPipeServerStream input, AnonymousPipeServerStream output)
    {
        PseudoConsole console = new(start.Size, input.ClientSafePipeHandle, output.ClientSafePipeHandle, start);
        try
        {
            // The console has its own by now; ours would keep the output from ending.
            input.DisposeLocalCopyOfClientHandle();
            output.DisposeLocalCopyOfClientHandle();
            ConsoleProcess process = ConsoleProcess.Start(program, start, console);
            return new ConPty(scheduler, console, process, FindStartTime(process.ProcessId), output, input);
        }
        catch
        {
            console.Close();
            throw;
        }
    }

    private DateTimeOffset FindStartTime(int processId)
    {
        try
        {
            return CurrentProcess.FindStartTime(processId) ?? clock.GetUtcNow();
        }
        catch (Win32Exception)
        {
            return clock.GetUtcNow();
        }
    }
}
