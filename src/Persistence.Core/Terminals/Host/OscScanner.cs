using System.Text;

namespace Persistence.Terminals;

/// <summary>
/// Finds what a program says of its terminal in its output: the title (OSC 0 and 2) and the directory (OSC 7). It looks at the bytes as they pass, however they are cut, and keeps at most one such
/// sequence. (ECMA-48 §8.3.89; xterm's "Operating System Commands".)
/// </summary>
internal sealed class OscScanner
{
    private const int TextBytesMax = 16 << 10;
    private const byte Bell = 0x07;
    private const byte Cancel = 0x18;
    private const byte Substitute = 0x1A;
    private const byte Escape = 0x1B;

    private readonly List<byte> _text = [];
    private Place _place;

    private enum Place
    {
        Outside,
        AfterEscape,
        Inside,
        InsideAfterEscape,
    }

    /// <summary>The title that was said last and not taken yet, or null.</summary>
    public string? Title { get; private set; }

    /// <summary>The directory, as a URI, that was said last and not taken yet, or null.</summary>
    public string? Directory { get; private set; }

    /// <summary>Whether something was said that was not taken yet.</summary>
    public bool HasNews => Title is not null || Directory is not null;

    /// <summary>Looks at output.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_place == Place.Outside)
            {
                int escape = bytes.IndexOf(Escape);
                if (escape < 0)
                    return;
                bytes = bytes[(escape + 1)..];
                _place = Place.AfterEscape;
            }
            else
            {
                Step(bytes[0]);
                bytes = bytes[1..];
            }
        }
    }

    /// <summary>Forgets what was said.</summary>
    public void Clear()
    {
        Title = null;
        Directory = null;
    }

    private void Step(byte next)
    {
        switch (_place)
        {
            case Place.AfterEscape:
                _text.Clear();
                _place = next == ']' ? Place.Inside : next == Escape ? Place.AfterEscape : Place.Outside;
                break;
            case Place.Inside when next is Bell:
                End();
                break;
            case Place.Inside when next is Escape:
                _place = Place.InsideAfterEscape;
                break;
            case Place.Inside when next is Cancel or Substitute || _text.Count == TextBytesMax:
                _place = Place.Outside;
                break;
            case Place.Inside:
                _text.Add(next);
                break;
            case Place.InsideAfterEscape when next == '\\':
                End();
                break;
            default:
                // Any other escape sequence cuts it short, and begins.
                _place = Place.AfterEscape;
                Step(next);
                break;
        }
    }

    private void End()
    {
        _place = Place.Outside;
        ReadOnlySpan<byte> text = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_text);
        int separator = text.IndexOf((byte)';');
        if (separator < 0)
            return;
        string said = Encoding.UTF8.GetString(text[(separator + 1)..]);
        if (text[..separator].SequenceEqual("0"u8) || text[..separator].SequenceEqual("2"u8))
            Title = said;
        else if (text[..separator].SequenceEqual("7"u8))
            Directory = said;
    }
}
