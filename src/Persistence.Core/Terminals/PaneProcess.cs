namespace Persistence.Terminals;

/// <summary>The process of a pane, told from any other.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="StartTime">When it started.</param>
/// <param name="BootId">Which start of the machine that was; empty when the system does not tell.</param>
/// <param name="HostName">The machine.</param>
public sealed record PaneProcess(int Id, DateTimeOffset StartTime, string BootId, string HostName);
