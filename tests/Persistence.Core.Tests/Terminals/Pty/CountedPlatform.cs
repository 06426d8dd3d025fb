using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>A platform whose pollers show how often they go to the system.</summary>
internal sealed class CountedPlatform(IPosixPlatform inner) : IPosixPlatform
{
    public List<CountedWait> Waits { get; } = [];

    public int OpenFlags => inner.OpenFlags;

    public int NonBlockingFlag => inner.NonBlockingFlag;

    public int Spawn(string path, PtyStart start, string slaveName, out int processId) => inner.Spawn(path, start, slaveName, out processId);

    public int SetSize(SafeFileHandle terminal, WindowSize size) => inner.SetSize(terminal, size);

    public string? FindWorkingDirectory(int processId) => inner.FindWorkingDirectory(processId);

    public int OpenPipe(out SafeFileHandle read, out SafeFileHandle write) => inner.OpenPipe(out read, out write);

    public IDescriptorWait CreateWait()
    {
        CountedWait wait = new(inner.CreateWait());
        Waits.Add(wait);
        return wait;
    }
}
