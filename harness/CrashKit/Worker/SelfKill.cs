using System.Diagnostics;
using Persistence.CrashKit.Processes;

namespace Persistence.CrashKit.Worker;

/// <summary>Ends this process as SIGKILL does: no handler, no buffer, no other thread gets another instruction in.</summary>
internal static class SelfKill
{
    public static void Now()
    {
        if (OperatingSystem.IsWindows())
            Process.GetCurrentProcess().Kill();
        else
            ProcessSignals.Kill(Environment.ProcessId);
        Thread.Sleep(Timeout.Infinite);
    }
}
