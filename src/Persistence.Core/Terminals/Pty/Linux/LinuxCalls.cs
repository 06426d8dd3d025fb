using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Terminals.Pty.Linux;

/// <summary>Calls that only Linux has, or that it takes like any other function though they are variadic. For x64 and arm64, glibc and musl.</summary>
internal static unsafe partial class LinuxCalls
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, nuint request, WindowSize* size);

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, byte* target, nuint targetBytes);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* descriptors, int flags);

    [LibraryImport(Library, EntryPoint = "select", SetLastError = true)]
    public static partial int Select(int count, byte* readable, byte* writable, byte* exceptional, long* timeout);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(SafeFileHandle epoll, int operation, SafeFileHandle file, void* change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(SafeFileHandle epoll, void* events, int eventsMax, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(void* actions, int first);

    // pidfd_open has no function of its own in older C libraries.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second);
}
