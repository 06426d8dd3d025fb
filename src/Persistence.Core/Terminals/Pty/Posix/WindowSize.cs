using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>The C library's <c>struct winsize</c>. What a cell measures in pixels is not known here: 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct WindowSize
{
    public readonly ushort Rows;
    public readonly ushort Columns;
    public readonly ushort WidthPixels;
    public readonly ushort HeightPixels;

    public WindowSize(TerminalSize size)
    {
        Rows = (ushort)size.Rows;
        Columns = (ushort)size.Columns;
    }
}
