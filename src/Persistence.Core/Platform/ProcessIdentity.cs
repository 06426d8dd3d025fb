namespace Persistence.Platform;

/// <summary>Who this process is, as it is recorded in OWNER and ROOT.</summary>
/// <param name="ProcessId">The operating system's process id.</param>
/// <param name="StartTime">When the process started; tells a reused process id from the original.</param>
/// <param name="BootId">Changes at every start of the machine; empty when the system has none. Equal boot ids mean that the page cache may still show what never reached the disk.</param>
/// <param name="HostName">The machine's name.</param>
public sealed record ProcessIdentity(int ProcessId, DateTimeOffset StartTime, string BootId, string HostName);
