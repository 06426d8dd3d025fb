using System.Text;

namespace PersistenceModule;

/// <summary>What keys send: as xterm does, in its normal modes ("XTerm Control Sequences", PC-style function keys).</summary>
internal static class TerminalKeys
{
    public static byte[] BytesOf(TerminalKey key) => Encoding.ASCII.GetBytes(TextOf(key));

    private static string TextOf(TerminalKey key) => key switch
    {
        TerminalKey.Enter => "\r",
        TerminalKey.Tab => "\t",
        TerminalKey.Escape => "\u001b",
        TerminalKey.Backspace => "\u007f",
        TerminalKey.Delete => "\u001b[3~",
        TerminalKey.CtrlC => "\u0003",
        TerminalKey.CtrlD => "\u0004",
        TerminalKey.CtrlZ => "\u001a",
        TerminalKey.Up => "\u001b[A",
        TerminalKey.Down => "\u001b[B",
        TerminalKey.Right => "\u001b[C",
        TerminalKey.Left => "\u001b[D",
        TerminalKey.Home => "\u001b[H",
        TerminalKey.End => "\u001b[F",
        TerminalKey.PageUp => "\u001b[5~",
        TerminalKey.PageDown => "\u001b[6~",
        TerminalKey.F1 => "\u001bOP",
        TerminalKey.F2 => "\u001bOQ",
        TerminalKey.F3 => "\u001bOR",
        TerminalKey.F4 => "\u001bOS",
        TerminalKey.F5 => "\u001b[15~",
        TerminalKey.F6 => "\u001b[17~",
        TerminalKey.F7 => "\u001b[18~",
        TerminalKey.F8 => "\u001b[19~",
        TerminalKey.F9 => "\u001b[20~",
        TerminalKey.F10 => "\u001b[21~",
        TerminalKey.F11 => "\u001b[23~",
        TerminalKey.F12 => "\u001b[24~",
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };
}
