using Microsoft.Win32.SafeHandles;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>What ends a wait for descriptors: a pipe among them, which has a byte in it then.</summary>
internal sealed unsafe class WakePipe : IDisposable
{
    private const int DrainBytes = 64;

    private readonly SafeFileHandle _write;

    /// <exception cref="Persistence.Diagnostics.StoreException">There is none to be had.</exception>
    public WakePipe(IPosixPlatform platform)
    {
        int errno = platform.OpenPipe(out SafeFileHandle read, out _write);
        ReadEnd = read;
        if (errno == 0)
            return;
        Dispose();
        PollerErrors.ThrowIf(errno);
    }

    /// <summary>The end that is ready then.</summary>
    public SafeFileHandle ReadEnd { get; }

    /// <summary>Ends the wait. A full pipe ends it as well, and after a disposal there is none.</summary>
    public void Wake()
    {
        try
        {
            byte one = 1;
            _ = PosixCalls.Write(_write, &one, 1);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Makes it not ready, however often it was made so.</summary>
    public void Drain()
    {
        byte* bytes = stackalloc byte[DrainBytes];
        while (PosixCalls.Read(ReadEnd, bytes, DrainBytes) == DrainBytes)
        {
        }
    }

    public void Dispose()
    {
        ReadEnd.Dispose();
        _write.Dispose();
    }
}
