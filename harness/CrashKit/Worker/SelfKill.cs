using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Persistence.CrashKit.Worker;

/// <summary>Ends this process as SIGKILL does: no handler, no buffer, no other thread gets another instruction in.</summary>
internal static partial class SelfKill
{
    private const int SigKill = 9;

    public static void Now()
    {
        if (OperatingSystem.IsWindows())
            Process.GetCurrentProcess().Kill();
        else
            _ = Kill(Environment.ProcessId, SigKill);
        Thread.Sleep(Timeout.Infinite);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
