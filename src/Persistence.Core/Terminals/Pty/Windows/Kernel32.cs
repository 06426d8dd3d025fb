using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>Windows' calls, as they are.</summary>
internal static unsafe partial class Kernel32
{
    private const string Library = "kernel32";

    [LibraryImport(Library, EntryPoint = "CreatePseudoConsole")]
    public static partial int CreatePseudoConsole(ConsoleSize size, SafeHandle input, SafeHandle output, uint flags, out nint console);

    [LibraryImport(Library, EntryPoint = "ResizePseudoConsole")]
    public static partial int ResizePseudoConsole(nint console, ConsoleSize size);

    [LibraryImport(Library, EntryPoint = "ClosePseudoConsole")]
    public static partial void ClosePseudoConsole(nint console);

    [LibraryImport(Library, EntryPoint = "InitializeProcThreadAttributeList", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool InitializeAttributeList(void* list, int count, uint flags, nuint* bytes);

    [LibraryImport(Library, EntryPoint = "UpdateProcThreadAttribute", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool UpdateAttribute(void* list, uint flags, nuint attribute, void* value, nuint valueBytes, void* previous, nuint* returnedBytes);

    [LibraryImport(Library, EntryPoint = "DeleteProcThreadAttributeList")]
    public static partial void DeleteAttributeList(void* list);

    [LibraryImport(Library, EntryPoint = "CreateProcessW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CreateProcess(
        string program, char* commandLine, void* processSecurity, void* threadSecurity, [MarshalAs(UnmanagedType.Bool)] bool inheritsHandles, uint flags, char* environment, string directory, StartupInformation* startup, ProcessInformation* process);

    [LibraryImport(Library, EntryPoint = "WaitForSingleObject", SetLastError = true)]
    public static partial uint WaitFor(SafeHandle handle, uint timeoutMs);

    [LibraryImport(Library, EntryPoint = "GetExitCodeProcess", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetExitCode(SafeHandle process, out uint code);

    [LibraryImport(Library, EntryPoint = "CreateJobObjectW", SetLastError = true)]
    public static partial nint CreateJob(void* security, char* name);

    [LibraryImport(Library, EntryPoint = "TerminateJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool TerminateJob(SafeHandle job, uint code);

    [LibraryImport(Library, EntryPoint = "QueryInformationJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool QueryJob(SafeHandle job, int kind, JobAccounting* accounting, uint bytes, uint* returnedBytes);

    [LibraryImport(Library, EntryPoint = "CloseHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CloseHandle(nint handle);

    [LibraryImport(Library, EntryPoint = "GetFileAttributesW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial uint GetFileAttributes(string path);
}
