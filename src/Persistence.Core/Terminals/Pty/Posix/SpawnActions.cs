using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>What a new process does before it becomes the program (<c>posix_spawn_file_actions_t</c>). The first error is kept, and what follows it is not done.</summary>
internal sealed unsafe class SpawnActions : IDisposable
{
    // Opaque, and smaller than that everywhere: 80 bytes in glibc and musl, a pointer in macOS.
    private const int StructureBytes = 512;

    private readonly void* _actions = NativeMemory.AllocZeroed(StructureBytes);

    public SpawnActions() => Errno = PosixCalls.InitializeActions(_actions);

    /// <summary>What the actions could not be noted for; 0: they were.</summary>
    public int Errno { get; private set; }

    /// <summary>The structure.</summary>
    public void* Pointer => _actions;

    /// <summary>Goes into a directory.</summary>
    public void ChangeDirectory(string path) => Note(Errno != 0 ? Errno : PosixCalls.AddChangeDirectory(_actions, path));

    /// <summary>Opens a terminal as standard input, output and error.</summary>
    public void OpenTerminal(string name, int flags)
    {
        Note(Errno != 0 ? Errno : PosixCalls.AddOpen(_actions, 0, name, flags, 0));
        Note(Errno != 0 ? Errno : PosixCalls.AddDuplicate(_actions, 0, 1));
        Note(Errno != 0 ? Errno : PosixCalls.AddDuplicate(_actions, 0, 2));
    }

    /// <summary>Takes note of an action's errno.</summary>
    public void Note(int errno) => Errno = errno;

    public void Dispose()
    {
        _ = PosixCalls.DestroyActions(_actions);
        NativeMemory.Free(_actions);
    }
}
