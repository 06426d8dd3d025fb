namespace Persistence.Terminals.Pty;

/// <summary>Why a program could not be started on a pseudo-terminal.</summary>
public enum PtySpawnFault
{
    /// <summary>Another reason; the message has the system's error.</summary>
    Failed,

    /// <summary>There are no pseudo-terminals on this system.</summary>
    NotSupported,

    /// <summary>There is no such program.</summary>
    ProgramNotFound,

    /// <summary>There is one, but it may not be executed, or is none of this system's.</summary>
    ProgramNotExecutable,

    /// <summary>There is one, but not what it needs to be run by: the interpreter of a script, or the loader of a binary.</summary>
    InterpreterNotFound,

    /// <summary>The working directory does not exist or may not be entered.</summary>
    DirectoryNotFound,

    /// <summary>The process or the system has too many open files.</summary>
    TooManyOpenFiles,

    /// <summary>The system has no more pseudo-terminals.</summary>
    NoMoreTerminals,

    /// <summary>The system has no more processes or memory.</summary>
    NoMoreProcesses,

    /// <summary>The arguments and the environment are longer than the system takes.</summary>
    ArgumentsTooLong,
}
