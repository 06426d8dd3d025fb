using System.Text;

namespace Persistence.Terminals;

/// <summary>
/// Takes out of text what is meant for the terminal and not for its reader: escape sequences, however they are cut, and control characters but tab, carriage return and line feed.
/// It tells where they end (ECMA-48 §5.3, §5.4, §5.6; the states are those of Paul Williams's parser for DEC terminals) and does nothing of what they say: no cursor moves. For one thread.
/// </summary>
public sealed class EscapeSequenceFilter
{
    private const char Bell = '\a';
    private const char Cancel = '\u0018';
    private const char Substitute = '\u001A';
    private const char Escape = '\u001B';
    private const char Delete = '\u007F';
    private const char DeviceControlString = '\u0090';
    private const char StartOfString = '\u0098';
    private const char ControlSequence = '\u009B';
    private const char StringTerminator = '\u009C';
    private const char OperatingSystemCommand = '\u009D';
    private const char ApplicationCommand = '\u009F';

    private Place _place;

    private enum Place
    {
        Text,
        AfterEscape,
        AfterIntermediate,
        ControlSequence,
        String,
        StringAfterEscape,
    }

    /// <summary>What is left of the next piece of text.</summary>
    public string Filter(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_place == Place.Text && !text.AsSpan().ContainsAnyInRange('\0', '\u001F') && !text.AsSpan().ContainsAnyInRange(Delete, ApplicationCommand))
            return text;
        StringBuilder left = new(text.Length);
        foreach (char next in text)
            Step(next, left);
        return left.ToString();
    }

    private void Step(char next, StringBuilder left)
    {
        if (_place is Place.String or Place.StringAfterEscape)
            StepInString(next, left);
        else if (next is Escape)
            _place = Place.AfterEscape;
        else if (next is Cancel or Substitute)
            _place = Place.Text;
        else if (next is '\t' or '\r' or '\n')
            left.Append(next);
        else if (next >= Delete && _place != Place.Text)
            StepInText(next, left);
        else if (next >= ' ')
            StepInSequence(next, left);
    }

    private void StepInSequence(char next, StringBuilder left)
    {
        switch (_place)
        {
            case Place.Text:
                StepInText(next, left);
                break;
            case Place.AfterEscape when next == '[':
                _place = Place.ControlSequence;
                break;
            case Place.AfterEscape when next is ']' or 'P' or 'X' or '^' or '_':
                _place = Place.String;
                break;
            case Place.AfterEscape or Place.AfterIntermediate:
                _place = next < '0' ? Place.AfterIntermediate : Place.Text;
                break;
            default:
                _place = next < '@' ? Place.ControlSequence : Place.Text;
                break;
        }
    }

    /// <summary>A sequence may begin with a character of its own in place of the escape character and another.</summary>
    private void StepInText(char next, StringBuilder left)
    {
        _place = next switch
        {
            ControlSequence => Place.ControlSequence,
            DeviceControlString or StartOfString or (>= OperatingSystemCommand and <= ApplicationCommand) => Place.String,
            _ => Place.Text,
        };
        if (next is < Delete or > ApplicationCommand)
            left.Append(next);
    }

    private void StepInString(char next, StringBuilder left)
    {
        if (_place == Place.StringAfterEscape && next != '\\')
        {
            // Any other escape sequence cuts it short, and begins.
            _place = Place.AfterEscape;
            Step(next, left);
        }
        else if (_place == Place.StringAfterEscape || next is Bell or StringTerminator or Cancel or Substitute)
        {
            _place = Place.Text;
        }
        else if (next is Escape)
        {
            _place = Place.StringAfterEscape;
        }
    }
}
