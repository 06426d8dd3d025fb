using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>Windows' <c>JOBOBJECT_BASIC_ACCOUNTING_INFORMATION</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JobAccounting
{
    /// <summary>Its number among what a job is asked for.</summary>
    public const int Kind = 1;

    public long TotalUserTime;
    public long TotalKernelTime;
    public long PeriodUserTime;
    public long PeriodKernelTime;
    public uint PageFaults;
    public uint TotalProcesses;
    public uint ActiveProcesses;
    public uint TerminatedProcesses;
}
