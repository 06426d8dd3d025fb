using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>Windows' <c>PROCESS_INFORMATION</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProcessInformation
{
    public nint Process;
    public nint Thread;
    public int ProcessId;
    public int ThreadId;
}
