using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Terminals.Pty.MacOS;

/// <summary>
/// macOS: from its published sources; compiled, not run. Its <c>posix_spawn</c> makes the process a session's leader only after the file actions (<c>posix_spawn</c> in <c>kern_exec.c</c>), so that the terminal
/// they open does not become its controlling one: a shell on the way opens it again, see <see cref="TerminalShell"/>.
/// </summary>
internal sealed unsafe class MacOSPlatform : IPosixPlatform
{
    private const int ReadWrite = 0x2;
    private const int NonBlocking = 0x4;
    private const int NoControllingTerminal = 0x20000;
    private const int CloseOnExec = 0x1000000;
    private const uint SetWindowSize = 0x80087467;
    private const int SetDescriptorFlags = 2;
    private const int SetStatusFlags = 4;
    private const int DescriptorCloseOnExec = 1;
    private const short NewSession = 0x400;
    private const short CloseAllButActions = 0x4000;

    public int OpenFlags => ReadWrite | NoControllingTerminal | CloseOnExec;

    public int NonBlockingFlag => NonBlocking;

    public int Spawn(string path, PtyStart start, string slaveName, out int processId)
    {
        using SpawnActions actions = new();
        actions.ChangeDirectory(start.WorkingDirectory);
        actions.OpenTerminal(slaveName, ReadWrite | NoControllingTerminal);
        return PosixSpawn.Start(TerminalShell.Path, TerminalShell.Arguments(path, start, slaveName), start.Environment, actions, NewSession | CloseAllButActions, out processId);
    }

    public int SetSize(SafeFileHandle terminal, WindowSize size) =>
        MacOSCalls.Control(terminal, SetWindowSize, &size) == 0 ? 0 : Marshal.GetLastPInvokeError();

    // PROC_PIDVNODEPATHINFO: for the working directory and for the root 152 bytes about the file and a path of 1,024.
    public string? FindWorkingDirectory(int processId)
    {
        const int Flavor = 9;
        const int PathOffset = 152;
        const int PathBytes = 1024;
        const int TotalBytes = 2 * (PathOffset + PathBytes);
        byte* information = stackalloc byte[TotalBytes];
        if (MacOSCalls.ProcessInformation(processId, Flavor, 0, information, TotalBytes) < PathOffset + PathBytes)
            return null;
        ReadOnlySpan<byte> path = new(information + PathOffset, PathBytes);
        int end = path.IndexOf((byte)0);
        return end <= 0 ? null : PosixText.TryDecode(path[..end]);
    }

    public int OpenPipe(out SafeFileHandle read, out SafeFileHandle write)
    {
        int* ends = stackalloc int[2] { -1, -1 };
        int errno = MacOSCalls.Pipe(ends) == 0 ? 0 : Marshal.GetLastPInvokeError();
        read = new SafeFileHandle(ends[0], ownsHandle: true);
        write = new SafeFileHandle(ends[1], ownsHandle: true);
        return errno != 0 ? errno : Math.Max(SetFlags(read), SetFlags(write));
    }

    public IDescriptorWait CreateWait() => new SelectWait(this, MacOSCalls.Select);

    private static int SetFlags(SafeFileHandle end) =>
        MacOSCalls.ControlFile(end, SetDescriptorFlags, DescriptorCloseOnExec) == 0 && MacOSCalls.ControlFile(end, SetStatusFlags, NonBlocking) == 0
            ? 0
            : Marshal.GetLastPInvokeError();
}
