namespace Persistence.CrashKit.Terminals.Work;

/// <summary>How a host ended.</summary>
internal enum HostEnd
{
    /// <summary>It was killed.</summary>
    Killed,

    /// <summary>It was killed after it had been told to end.</summary>
    KilledWhileClosing,

    /// <summary>It was told to end, and closed its store.</summary>
    Closed,
}
