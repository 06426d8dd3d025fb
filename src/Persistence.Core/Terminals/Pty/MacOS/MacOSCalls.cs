using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Terminals.Pty.MacOS;

/// <summary>Calls that only macOS has, or that it takes in a way of its own.</summary>
/// <remarks>
/// <c>ioctl</c> and <c>fcntl</c> are variadic. On x64 their last argument is passed like any other. On arm64 Apple's convention passes what varies on the stack, while the runtime passes the first eight
/// arguments in registers: so there the registers that the fixed arguments leave free are filled with arguments that nobody reads, and the next one is where it is looked for.
/// </remarks>
internal static unsafe partial class MacOSCalls
{
    private const string Library = "libc";

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static int Control(SafeFileHandle file, nuint request, WindowSize* size) =>
        IsArm64 ? Control(file, request, 0, 0, 0, 0, 0, 0, size) : ControlPlainly(file, request, size);

    public static int ControlFile(SafeFileHandle file, int command, nint argument) =>
        IsArm64 ? ControlFile(file, command, 0, 0, 0, 0, 0, 0, argument) : ControlFilePlainly(file, command, argument);

    [LibraryImport(Library, EntryPoint = "pipe", SetLastError = true)]
    public static partial int Pipe(int* descriptors);

    // The variant that takes descriptors beyond 1,024.
    [LibraryImport(Library, EntryPoint = "select$DARWIN_EXTSN", SetLastError = true)]
    public static partial int Select(int count, byte* readable, byte* writable, byte* exceptional, long* timeout);

    [LibraryImport(Library, EntryPoint = "proc_pidinfo", SetLastError = true)]
    public static partial int ProcessInformation(int processId, int flavor, ulong argument, byte* buffer, int bufferBytes);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlPlainly(SafeFileHandle file, nuint request, WindowSize* size);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, nint unread2, nint unread3, nint unread4, nint unread5, nint unread6, nint unread7, WindowSize* size);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFilePlainly(SafeFileHandle file, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(SafeFileHandle file, int command, nint unread2, nint unread3, nint unread4, nint unread5, nint unread6, nint unread7, nint argument);
}
