using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>What Windows' errors mean when a program is started.</summary>
internal static class WindowsSpawnErrors
{
    /// <summary>After <c>CreateProcessW</c> with a program and a directory that were there.</summary>
    public static PtySpawnFault OfProcess(int error) => error switch
    {
        2 or 3 => PtySpawnFault.ProgramNotFound,
        4 => PtySpawnFault.TooManyOpenFiles,
        // Access denied, not a program, one of another kind of processor, one that asks for more rights.
        5 or 193 or 216 or 740 => PtySpawnFault.ProgramNotExecutable,
        8 or 14 or 1450 or 1455 => PtySpawnFault.NoMoreProcesses,
        206 => PtySpawnFault.ArgumentsTooLong,
        267 => PtySpawnFault.DirectoryNotFound,
        _ => PtySpawnFault.Failed,
    };

    /// <summary>The error that says so.</summary>
    public static PtySpawnException ToException(int error, PtyStart start) =>
        new(OfProcess(error), start, $"error {error}: {Marshal.GetPInvokeErrorMessage(error)}");
}
