using Microsoft.Win32.SafeHandles;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>A process, a thread or a job.</summary>
internal sealed class KernelHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public KernelHandle(nint handle)
        : base(ownsHandle: true) => SetHandle(handle);

    protected override bool ReleaseHandle() => Kernel32.CloseHandle(handle);
}
