using System.Runtime.InteropServices;
using Persistence.Platform;
using Persistence.Terminals.Pty.Linux;
using Persistence.Terminals.Pty.MacOS;
using Persistence.Terminals.Pty.Posix;
using Persistence.Terminals.Pty.Windows;

namespace Persistence.Terminals.Pty;

/// <summary>The operating system's pseudo-terminals.</summary>
public static class PtySystem
{
    private const int FirstWindowsBuildWithPseudoConsoles = 17763;

    /// <summary>Those of the system this process runs on. Where there are none that we know, every <see cref="IPtySystem.Spawn"/> says so.</summary>
    /// <param name="scheduler">Where threads come from on Windows, whose pipes block. Nowhere else is one started.</param>
    /// <param name="clock">The system's time.</param>
    public static IPtySystem Create(IScheduler scheduler, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(clock);
        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            return new UnsupportedPtySystem(scheduler, clock, $"not on {RuntimeInformation.ProcessArchitecture} processors");
        if (OperatingSystem.IsLinux())
            return new PosixPtySystem(new LinuxPlatform(), clock);
        if (OperatingSystem.IsMacOS())
            return new PosixPtySystem(new MacOSPlatform(), clock);
        return OperatingSystem.IsWindowsVersionAtLeast(10, 0, FirstWindowsBuildWithPseudoConsoles)
            ? new ConPtySystem(scheduler, clock)
            : new UnsupportedPtySystem(scheduler, clock, "Linux, macOS, or Windows 10 version 1809 and later are needed");
    }
}
