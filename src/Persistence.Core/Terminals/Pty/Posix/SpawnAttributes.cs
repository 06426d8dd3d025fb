using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>
/// What a new process does not take over from this one (<c>posix_spawnattr_t</c>): its session, the signals that are ignored here (SIGPIPE is, by .NET), and those that the calling thread holds back.
/// </summary>
internal sealed unsafe class SpawnAttributes : IDisposable
{
    // Opaque, and smaller than that everywhere: 336 bytes in glibc and musl, a pointer in macOS.
    private const int StructureBytes = 512;
    private const int SignalSetBytes = 128;
    private const short DefaultSignals = 0x04;
    private const short SignalMask = 0x08;

    private readonly void* _attributes = NativeMemory.AllocZeroed(StructureBytes);

    /// <param name="flags">Those beside the signals'.</param>
    public SpawnAttributes(short flags)
    {
        Errno = PosixCalls.InitializeAttributes(_attributes);
        if (Errno == 0)
            Errno = PosixCalls.SetFlags(_attributes, (short)(flags | DefaultSignals | SignalMask));
        if (Errno == 0)
            Errno = SetSignals();
    }

    /// <summary>What the attributes could not be set for; 0: they were.</summary>
    public int Errno { get; }

    /// <summary>The structure.</summary>
    public void* Pointer => _attributes;

    public void Dispose()
    {
        _ = PosixCalls.DestroyAttributes(_attributes);
        NativeMemory.Free(_attributes);
    }

    // A signal set is a row of bits everywhere. All of them, not sigfillset's: that leaves out two signals which glibc uses itself, and would hand on as ignored.
    private int SetSignals()
    {
        byte* signals = stackalloc byte[SignalSetBytes];
        new Span<byte>(signals, SignalSetBytes).Clear();
        int errno = PosixCalls.SetSignalMask(_attributes, signals);
        new Span<byte>(signals, SignalSetBytes).Fill(0xFF);
        return errno != 0 ? errno : PosixCalls.SetDefaultSignals(_attributes, signals);
    }
}
