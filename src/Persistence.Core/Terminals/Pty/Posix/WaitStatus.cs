using System.Runtime.InteropServices;
using Persistence.Storage.Disk;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>How a child has ended, as <c>waitpid</c> tells it.</summary>
internal static unsafe class WaitStatus
{
    private const int NoHang = 1;
    private const int SignalMask = 0x7F;
    private const int CodeOfSignals = 128;

    /// <summary>Waits for one child without waiting. Always for that one: the runtime has children of its own.</summary>
    /// <returns>How it has ended, after which its id may be another's; null: it runs.</returns>
    public static PtyExit? TryReap(int processId)
    {
        int status = 0;
        int found;
        do
        {
            found = PosixCalls.WaitFor(processId, &status, NoHang);
        }
        while (found < 0 && Marshal.GetLastPInvokeError() == UnixErrors.Interrupted);
        // No child of that id: whoever ignores SIGCHLD is told nothing.
        return found == 0 ? null : found < 0 ? PtyExit.Unknown : Decode(status);
    }

    /// <summary>The bits of a status, which are the same on Linux and macOS.</summary>
    public static PtyExit Decode(int status)
    {
        int signal = status & SignalMask;
        return signal == 0 ? new PtyExit((status >> 8) & 0xFF, 0) : new PtyExit(CodeOfSignals + signal, signal);
    }
}
