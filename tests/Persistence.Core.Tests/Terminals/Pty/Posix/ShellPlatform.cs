using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Linux;
using Persistence.Terminals.Pty.MacOS;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Tests.Terminals.Pty.Posix;

/// <summary>macOS's ways, with Linux's calls: a shell opens the terminal, select waits, ends are looked for.</summary>
internal sealed class ShellPlatform : IPosixPlatform
{
    private const int NoControllingTerminal = 0x100;
    private const int ReadWrite = 2;
    private const short NewSession = 0x80;

    private readonly LinuxPlatform _linux = new();

    public int OpenFlags => _linux.OpenFlags;

    public int NonBlockingFlag => _linux.NonBlockingFlag;

    public int Spawn(string path, PtyStart start, string slaveName, out int processId)
    {
        using SpawnActions actions = new();
        actions.ChangeDirectory(start.WorkingDirectory);
        actions.OpenTerminal(slaveName, ReadWrite | NoControllingTerminal);
        return PosixSpawn.Start(TerminalShell.Path, TerminalShell.Arguments(path, start, slaveName), start.Environment, actions, NewSession, out processId);
    }

    public int SetSize(SafeFileHandle terminal, WindowSize size) => _linux.SetSize(terminal, size);

    public string? FindWorkingDirectory(int processId) => _linux.FindWorkingDirectory(processId);

    public int OpenPipe(out SafeFileHandle read, out SafeFileHandle write) => _linux.OpenPipe(out read, out write);

    public unsafe IDescriptorWait CreateWait() => new SelectWait(this, LinuxCalls.Select);
}
