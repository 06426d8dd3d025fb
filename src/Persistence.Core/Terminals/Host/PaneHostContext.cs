using Persistence.Platform;
using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>What a host of panes needs of the outside world.</summary>
public sealed record PaneHostContext
{
    /// <summary>Where pseudo-terminals come from.</summary>
    public required IPtySystem Ptys { get; init; }

    /// <summary>Where threads and waits come from.</summary>
    public required IScheduler Scheduler { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Who this process is.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>What programs inherit, unless their sessions or panes say something else.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Whether the process that had this id and start time still runs on this machine.</summary>
    public required Func<int, DateTimeOffset, bool> IsProcessAlive { get; init; }

    /// <summary>Whether names of environment variables are the same in any case: on Windows they are.</summary>
    public bool IgnoresCaseOfVariables { get; init; }

    /// <summary>Where programs start for which nobody says where.</summary>
    public required string CurrentDirectory { get; init; }
}
