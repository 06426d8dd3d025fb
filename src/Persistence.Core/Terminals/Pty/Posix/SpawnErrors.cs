using System.Runtime.InteropServices;
using Persistence.Storage.Disk;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>What errno means when a program is started.</summary>
internal static class SpawnErrors
{
    /// <summary>After a call that was to open a terminal.</summary>
    public static PtySpawnFault OfTerminal(int errno) => errno switch
    {
        UnixErrors.ProcessTableFull or UnixErrors.SystemTableFull => PtySpawnFault.TooManyOpenFiles,
        UnixErrors.NoMemory => PtySpawnFault.NoMoreProcesses,
        UnixErrors.NotFound => PtySpawnFault.NotSupported,
        // Which of them a system without a free terminal answers differs with its kernel and its C library.
        UnixErrors.NoSpace or UnixErrors.InputOutput or UnixErrors.NoDevice => PtySpawnFault.NoMoreTerminals,
        _ => errno == UnixErrors.WouldBlock ? PtySpawnFault.NoMoreTerminals : PtySpawnFault.Failed,
    };

    /// <summary>After <c>posix_spawn</c> with a program and a directory that were there: it does not say which of its steps failed.</summary>
    public static PtySpawnFault OfProcess(int errno) => errno switch
    {
        UnixErrors.ProcessTableFull or UnixErrors.SystemTableFull => PtySpawnFault.TooManyOpenFiles,
        UnixErrors.NoMemory => PtySpawnFault.NoMoreProcesses,
        UnixErrors.ArgumentsTooLong => PtySpawnFault.ArgumentsTooLong,
        UnixErrors.NotFound or UnixErrors.NotADirectory => PtySpawnFault.InterpreterNotFound,
        UnixErrors.AccessDenied or UnixErrors.NotPermitted or UnixErrors.NotExecutable => PtySpawnFault.ProgramNotExecutable,
        _ => errno == UnixErrors.WouldBlock ? PtySpawnFault.NoMoreProcesses : PtySpawnFault.Failed,
    };

    /// <summary>The error that says so.</summary>
    public static PtySpawnException ToException(PtySpawnFault fault, int errno, PtyStart start) =>
        new(fault, start, $"errno {errno}: {Marshal.GetPInvokeErrorMessage(errno)}");
}
