namespace Persistence.Terminals.Pty.Posix;

/// <summary>The one call that starts a process. It is <c>posix_spawn</c>, since a fork of a runtime with several threads leaves one that may hold the locks of the others.</summary>
internal static unsafe class PosixSpawn
{
    /// <summary>Starts a program.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="actions">What the process does first.</param>
    /// <param name="flags">Of the attributes, beside the signals'.</param>
    /// <param name="processId">The process.</param>
    /// <returns>0, or errno; then there is no process.</returns>
    public static int Start(string path, IReadOnlyCollection<string> arguments, IReadOnlyDictionary<string, string> environment, SpawnActions actions, short flags, out int processId)
    {
        using NativeStrings program = new((string[])[path]);
        using NativeStrings argumentList = new(arguments);
        using NativeStrings variables = new(environment.Select(static variable => $"{variable.Key}={variable.Value}").ToArray());
        using SpawnAttributes attributes = new(flags);
        int started = 0;
        int errno = actions.Errno != 0 ? actions.Errno : attributes.Errno;
        if (errno == 0)
            errno = PosixCalls.Spawn(&started, program.Pointers[0], actions.Pointer, attributes.Pointer, argumentList.Pointers, variables.Pointers);
        processId = started;
        return errno;
    }
}
