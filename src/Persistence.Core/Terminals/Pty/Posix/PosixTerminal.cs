using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Persistence.Storage.Disk;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>
/// Both ends of a pseudo-terminal. The master is where output comes from and input goes to, and closing it hangs the terminal up; the slave is what programs have. Neither blocks, is inherited, or becomes
/// the controlling terminal of this process. Ours of the slave is held as long as the program runs: the output of a terminal ends when nobody has it open, and the program may open it again.
/// </summary>
internal sealed unsafe class PosixTerminal : IDisposable
{
    // 128 in macOS, "/dev/pts/" and a number in Linux.
    private const int NameBytesMax = 256;

    private readonly IPosixPlatform _platform;
    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _slave;

    private PosixTerminal(IPosixPlatform platform, SafeFileHandle master, SafeFileHandle slave, string slaveName)
    {
        _platform = platform;
        _master = master;
        _slave = slave;
        SlaveName = slaveName;
    }

    /// <summary>The path by which programs open it.</summary>
    public string SlaveName { get; }

    /// <summary>The descriptor that is waited for.</summary>
    public SafeFileHandle Master => _master;

    /// <summary>Whether our own hold on the slave is gone.</summary>
    public bool IsSlaveClosed => _slave.IsClosed;

    /// <summary>A new terminal, of the size its start asks for.</summary>
    /// <exception cref="PtySpawnException">There is none to be had.</exception>
    public static PosixTerminal Open(IPosixPlatform platform, PtyStart start)
    {
        SafeFileHandle _master = new(PosixCalls.OpenMaster(platform.OpenFlags | platform.NonBlockingFlag), ownsHandle: true);
        SafeFileHandle? _slave = null;
        try
        {
            Require(!_master.IsInvalid, start);
            Require(PosixCalls.Grant(_master) == 0 && PosixCalls.Unlock(_master) == 0, start);
            string name = NameSlave(_master, start);
            _slave = new SafeFileHandle(PosixCalls.Open(name, platform.OpenFlags), ownsHandle: true);
            Require(!_slave.IsInvalid, start);
            // By the slave: macOS refuses it by the master before the slave was opened, and forgets it when the slave is closed.
            Require(platform.SetSize(_slave, new WindowSize(start.Size)) == 0, start);
            return new PosixTerminal(platform, _master, _slave, name);
        }
        catch
        {
            _master.Dispose();
            _slave?.Dispose();
            throw;
        }
    }

    /// <summary>Takes output.</summary>
    /// <returns>How many bytes; 0: none, and <paramref name="errno"/> says why; 0 as well: the end.</returns>
    public int Read(Span<byte> buffer, out int errno)
    {
        fixed (byte* start = buffer)
        {
            return Retry(_master, start, buffer.Length, isWrite: false, out errno);
        }
    }

    /// <summary>Gives input.</summary>
    /// <returns>How many bytes were taken; 0: none, and <paramref name="errno"/> says why.</returns>
    public int Write(ReadOnlySpan<byte> bytes, out int errno)
    {
        fixed (byte* start = bytes)
        {
            return Retry(_master, start, bytes.Length, isWrite: true, out errno);
        }
    }

    /// <summary>Sets the size. A terminal that has ended has none.</summary>
    public void Resize(TerminalSize size) => _ = _platform.SetSize(_master, new WindowSize(size));

    /// <summary>The process group in the foreground, or 0 or less: there is none.</summary>
    public int FindForegroundGroup() => PosixCalls.ForegroundGroup(_master);

    /// <summary>Lets go of the slave: from now on the output ends when no program has it open.</summary>
    public void CloseSlave() => _slave.Dispose();

    /// <summary>Hangs up. The master first: macOS would wait for output to be read that nobody will read.</summary>
    public void Dispose()
    {
        _master.Dispose();
        _slave.Dispose();
    }

    private static int Retry(SafeFileHandle file, byte* start, int count, bool isWrite, out int errno)
    {
        while (true)
        {
            nint done = isWrite ? PosixCalls.Write(file, start, (nuint)count) : PosixCalls.Read(file, start, (nuint)count);
            errno = done < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (errno != UnixErrors.Interrupted)
                return (int)Math.Max(done, 0);
        }
    }

    private static string NameSlave(SafeFileHandle master, PtyStart start)
    {
        byte* name = stackalloc byte[NameBytesMax];
        Require(PosixCalls.SlaveName(master, name, NameBytesMax) == 0, start);
        return Marshal.PtrToStringUTF8((nint)name)!;
    }

    private static void Require(bool isDone, PtyStart start)
    {
        if (isDone)
            return;
        int errno = Marshal.GetLastPInvokeError();
        throw SpawnErrors.ToException(SpawnErrors.OfTerminal(errno), errno, start);
    }
}
