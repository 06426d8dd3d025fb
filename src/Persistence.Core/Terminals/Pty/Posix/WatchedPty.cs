using Microsoft.Win32.SafeHandles;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>A terminal in a poller's table. Used under the poller's lock.</summary>
internal sealed class WatchedPty(long id, PosixPty pty)
{
    /// <summary>Which entry of the table it is: never another's, so that what the system reports late is reported of nobody else.</summary>
    public long Id { get; } = id;

    public PosixPty Pty { get; } = pty;

    /// <summary>What the caller waits for.</summary>
    public PtyInterest Interest { get; set; } = PtyInterest.Output;

    /// <summary>What the system is asked for: nothing while there is nothing that the caller waits for, since a terminal that has ended is always ready.</summary>
    public PtyInterest Armed { get; set; }

    /// <summary>Whether the system has it on its list, where it keeps one.</summary>
    public bool IsListed { get; set; }

    /// <summary>What tells that the process has ended, or null: it is looked at from time to time.</summary>
    public SafeFileHandle? ExitDescriptor { get; set; }

    /// <summary>The process may have ended: it is looked at now.</summary>
    public bool MayHaveExited { get; set; }

    /// <summary>The end was reported.</summary>
    public bool IsExitReported { get; set; }

    /// <summary>Found by the wait that is being looked through: there is output, or the terminal has ended.</summary>
    public bool IsReadable { get; set; }

    /// <summary>Found by the wait that is being looked through: there is room for input.</summary>
    public bool IsWritable { get; set; }

    /// <summary>Whether the end is looked for from time to time.</summary>
    public bool IsLookedAt => !IsExitReported && ExitDescriptor is null;
}
