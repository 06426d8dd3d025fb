using System.Runtime.InteropServices;
using Persistence.Diagnostics;
using Persistence.Storage.Disk;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>Errors of what waits for terminals.</summary>
internal static class PollerErrors
{
    /// <summary>Throws unless errno is 0.</summary>
    public static void ThrowIf(int errno)
    {
        if (errno == 0)
            return;
        // No space: the system counts what is waited for, too.
        StoreError error = errno is UnixErrors.ProcessTableFull or UnixErrors.SystemTableFull or UnixErrors.NoSpace ? StoreError.TooManyOpenFiles : StoreError.StorageFailed;
        throw new StoreException(error, $"The system cannot wait for terminals (errno {errno}: {Marshal.GetPInvokeErrorMessage(errno)}). Close some, or raise the limit (ulimit -n).");
    }
}
