using Persistence.Diagnostics;

namespace Persistence.Terminals.Pty;

/// <summary>
/// A program could not be started on a pseudo-terminal, and nothing of the attempt is left. The message names the program and the directory, never an argument or a variable of the environment, which may be secret.
/// </summary>
public sealed class PtySpawnException : StoreException
{
    /// <summary>Creates the error for one program.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="start">What was to be started.</param>
    /// <param name="detail">The system's own error text, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public PtySpawnException(PtySpawnFault fault, PtyStart start, string? detail = null, Exception? innerException = null)
        : base(StoreError.PtySpawnFailed, Describe(fault, start, detail), innerException) => Fault = fault;

    /// <summary>Why.</summary>
    public PtySpawnFault Fault { get; }

    private static string Describe(PtySpawnFault fault, PtyStart start, string? detail)
    {
        ArgumentNullException.ThrowIfNull(start);
        return $"Could not start '{start.Command}' in '{start.WorkingDirectory}': {Describe(fault)}{(detail is null ? "." : $" ({detail}).")}";
    }

    private static string Describe(PtySpawnFault fault) => fault switch
    {
        PtySpawnFault.NotSupported => "this system has no pseudo-terminals for us",
        PtySpawnFault.ProgramNotFound => "there is no such program; a name is looked for in the PATH of the environment given to it, a path from the directory on",
        PtySpawnFault.ProgramNotExecutable => "it may not be executed, or is no program of this system",
        PtySpawnFault.InterpreterNotFound => "the interpreter that its first line names, or the loader it needs, is not there",
        PtySpawnFault.DirectoryNotFound => "the directory does not exist or may not be entered",
        PtySpawnFault.TooManyOpenFiles => "too many files are open; close some, or raise the limit (ulimit -n)",
        PtySpawnFault.NoMoreTerminals => "the system has no more pseudo-terminals; close some, or raise the limit",
        PtySpawnFault.NoMoreProcesses => "the system has no more processes or memory",
        PtySpawnFault.ArgumentsTooLong => "its arguments and environment are longer than the system takes",
        _ => "the system refused",
    };
}
