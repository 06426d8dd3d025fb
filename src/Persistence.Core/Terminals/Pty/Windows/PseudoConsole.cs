using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>A pseudo console. Closing it ends the programs on it, waits until its output was read where Windows is older than 11 24H2, and then its output ends.</summary>
internal sealed class PseudoConsole
{
    private readonly object _sync = new();
    private nint _console;

    /// <param name="size">Its first size.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="output">What it writes.</param>
    /// <param name="start">What it is for.</param>
    /// <exception cref="PtySpawnException">There is none to be had.</exception>
    public PseudoConsole(TerminalSize size, SafeHandle input, SafeHandle output, PtyStart start)
    {
        int result = Kernel32.CreatePseudoConsole(new ConsoleSize(size), input, output, 0, out _console);
        if (result < 0)
            throw new PtySpawnException(PtySpawnFault.NoMoreTerminals, start, $"HRESULT 0x{result:X8}");
    }

    /// <summary>The console, for the program to be started on it.</summary>
    public nint Value => _console;

    /// <summary>Sets its size; of one that was closed nothing happens.</summary>
    public void Resize(TerminalSize size)
    {
        lock (_sync)
        {
            if (_console != 0)
                _ = Kernel32.ResizePseudoConsole(_console, new ConsoleSize(size));
        }
    }

    /// <summary>Closes it. Closing twice does nothing.</summary>
    public void Close()
    {
        nint closed;
        lock (_sync)
            (closed, _console) = (_console, 0);
        // Not under the lock: it may wait.
        if (closed != 0)
            Kernel32.ClosePseudoConsole(closed);
    }
}
