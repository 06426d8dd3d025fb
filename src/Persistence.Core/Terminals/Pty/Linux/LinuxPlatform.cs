using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Terminals.Pty.Linux;

/// <summary>Linux: <c>posix_spawn</c> makes the process a session's leader before it opens the terminal, which becomes its controlling one by that.</summary>
internal sealed unsafe class LinuxPlatform : IPosixPlatform
{
    private const int ReadWrite = 0x2;
    private const int NoControllingTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int SetWindowSize = 0x5414;
    private const int OpenProcessNumber = 434;
    private const short NewSession = 0x80;
    private const int FirstOther = 3;

    public int OpenFlags => ReadWrite | NoControllingTerminal | CloseOnExec;

    public int NonBlockingFlag => NonBlocking;

    /// <summary>What tells that a process has ended: a descriptor that is readable then (pidfd).</summary>
    /// <returns>Null: there is no such process, or the system has no such descriptors (before 5.3), or none left.</returns>
    public static SafeFileHandle? OpenProcess(int processId)
    {
        int descriptor = (int)LinuxCalls.SystemCall(OpenProcessNumber, processId, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public int Spawn(string path, PtyStart start, string slaveName, out int processId)
    {
        using SpawnActions actions = new();
        actions.ChangeDirectory(start.WorkingDirectory);
        actions.OpenTerminal(slaveName, ReadWrite);
        CloseOthers(actions);
        return PosixSpawn.Start(path, (string[])[start.Command, .. start.Arguments], start.Environment, actions, NewSession, out processId);
    }

    public int SetSize(SafeFileHandle terminal, WindowSize size) =>
        LinuxCalls.Control(terminal, SetWindowSize, &size) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public string? FindWorkingDirectory(int processId)
    {
        const int TargetBytes = 4096;
        const string Deleted = " (deleted)";
        byte* target = stackalloc byte[TargetBytes];
        nint count = LinuxCalls.ReadLink(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cwd"), target, TargetBytes);
        // One that fills the buffer was cut; one that does not begin at the root cannot be reached from here.
        if (count is <= 0 or TargetBytes || target[0] != '/' || PosixText.TryDecode(new ReadOnlySpan<byte>(target, (int)count)) is not { } directory)
            return null;
        return directory.EndsWith(Deleted, StringComparison.Ordinal) && !ProgramSearch.IsDirectory(directory) ? null : directory;
    }

    public int OpenPipe(out SafeFileHandle read, out SafeFileHandle write)
    {
        int* ends = stackalloc int[2] { -1, -1 };
        int errno = LinuxCalls.Pipe(ends, NonBlocking | CloseOnExec) == 0 ? 0 : Marshal.GetLastPInvokeError();
        read = new SafeFileHandle(ends[0], ownsHandle: true);
        write = new SafeFileHandle(ends[1], ownsHandle: true);
        return errno;
    }

    public IDescriptorWait CreateWait() => new EpollWait(this, OpenProcess);

    // All of ours are closed by the system when the program begins. Others in this process, a shell's or a native library's, may not be: glibc has a way since 2.34.
    private static void CloseOthers(SpawnActions actions)
    {
        try
        {
            if (actions.Errno == 0)
                actions.Note(LinuxCalls.AddCloseFrom(actions.Pointer, FirstOther));
        }
        catch (EntryPointNotFoundException)
        {
        }
    }
}
