using System.Runtime.InteropServices;

namespace Persistence.CrashKit.Processes;

/// <summary>Signals, most of them of POSIX systems only. A negative id means the process group of that number.</summary>
internal static partial class ProcessSignals
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Ends it: no handler, no buffer, no thread gets another instruction in.</summary>
    public static void Kill(int id) => _ = Send(id, SigKill);

    /// <summary>Asks it to end; nothing on Windows, where a console asks every process in it.</summary>
    public static void End(int id)
    {
        if (!OperatingSystem.IsWindows())
            _ = Send(id, SigTerm);
    }

    /// <summary>Holds it where it is.</summary>
    public static void Stop(int id) => _ = Send(id, OperatingSystem.IsLinux() ? 19 : 17);

    /// <summary>Lets it go on.</summary>
    public static void Continue(int id) => _ = Send(id, OperatingSystem.IsLinux() ? 18 : 19);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int processId, int signal);
}
