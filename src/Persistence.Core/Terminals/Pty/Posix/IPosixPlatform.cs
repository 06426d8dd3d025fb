using Microsoft.Win32.SafeHandles;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>In what Linux and macOS differ: constants, and calls that only one of them has.</summary>
internal interface IPosixPlatform
{
    /// <summary>O_RDWR, O_NOCTTY and O_CLOEXEC: how a terminal is opened that becomes neither ours nor our children's.</summary>
    int OpenFlags { get; }

    /// <summary>O_NONBLOCK.</summary>
    int NonBlockingFlag { get; }

    /// <summary>Starts a program in a session of its own, on the terminal of that name, with no other descriptor of ours.</summary>
    /// <param name="path">The program's absolute path.</param>
    /// <param name="start">What is to be started.</param>
    /// <param name="slaveName">The terminal.</param>
    /// <param name="processId">The process, which runs the program when this returns.</param>
    /// <returns>0, or errno; then there is no process.</returns>
    /// <exception cref="EntryPointNotFoundException">The C library lacks a call.</exception>
    int Spawn(string path, PtyStart start, string slaveName, out int processId);

    /// <summary>Sets a terminal's size, and tells its foreground processes.</summary>
    /// <returns>0, or errno.</returns>
    int SetSize(SafeFileHandle terminal, WindowSize size);

    /// <summary>A process's working directory, or null when the system does not say.</summary>
    string? FindWorkingDirectory(int processId);

    /// <summary>A pipe whose ends do not block and are not inherited.</summary>
    /// <returns>0, or errno.</returns>
    int OpenPipe(out SafeFileHandle read, out SafeFileHandle write);

    /// <summary>What tells which descriptors are ready.</summary>
    IDescriptorWait CreateWait();
}
