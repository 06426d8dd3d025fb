using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>Windows' <c>COORD</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ConsoleSize(TerminalSize size)
{
    public readonly short Columns = (short)size.Columns;
    public readonly short Rows = (short)size.Rows;
}
