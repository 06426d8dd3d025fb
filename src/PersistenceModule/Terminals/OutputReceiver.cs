using System.Text;
using System.Text.RegularExpressions;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Makes what somebody wants to receive out of the output of a pane, piece by piece, up to the line that they wait for.</summary>
internal sealed class OutputReceiver(ReceivedForm form, bool stripsFormatting, Regex? until, Action<object> write)
{
    private const byte LineFeed = (byte)'\n';

    // So much of a line that has not ended is looked at again when there is more of it: a program may write megabytes without ending one.
    private const int LookBackChars = 32 << 10;

    private readonly OutputDecoder _decoder = new();

    // The line that has not ended: as it was written, and as people read it.
    private readonly StringBuilder _line = new();
    private readonly StringBuilder _plainLine = new();
    private readonly StringBuilder _text = new();
    private EscapeSequenceFilter _filter = new();
    private bool _mayBeginInCharacter;

    /// <summary>Where to read on.</summary>
    public long Next { get; private set; }

    /// <summary>Where somebody else may go on: behind what was received, and before a character that was not whole yet.</summary>
    public long Position => Next - _decoder.CutBytes;

    /// <summary>Whether the line that was waited for has come.</summary>
    public bool HasFound { get; private set; }

    /// <summary>How often something between two pieces was no longer kept, and how many bytes that was.</summary>
    public long Gaps { get; private set; }

    public long LostBytes { get; private set; }

    /// <summary>Takes a piece, or the part of it up to the line that is waited for. It may lie behind what is no longer kept.</summary>
    public void Take(OutputPiece piece)
    {
        if (piece.Position > Next)
            PassGap(piece.Position - Next);
        ReadOnlySpan<byte> bytes = piece.Bytes.Span;
        int taken = CountLeftOver(bytes);
        while (taken < bytes.Length && !HasFound)
        {
            int end = bytes[taken..].IndexOf(LineFeed);
            int count = end < 0 ? bytes.Length - taken : end + 1;
            TakeText(_decoder.Decode(bytes.Slice(taken, count)));
            taken += count;
        }

        if (form == ReceivedForm.Bytes)
            write(bytes[..taken].ToArray());
        Next = piece.Position + taken;
    }

    /// <summary>Begins somewhere.</summary>
    /// <param name="position">Where.</param>
    /// <param name="isAtLimit">Whether that is where what is kept begins: perhaps within a character.</param>
    public void Begin(long position, bool isAtLimit)
    {
        Next = position;
        _mayBeginInCharacter = isAtLimit && position > 0 && form != ReceivedForm.Bytes;
    }

    /// <summary>Hands out text that has come so far.</summary>
    public void HandOut()
    {
        if (form != ReceivedForm.Text || _text.Length == 0)
            return;
        write(_text.ToString());
        _text.Clear();
    }

    /// <summary>There is no more to come: what has not ended is handed out.</summary>
    /// <param name="isLast">Whether the program has ended, and will not complete a character.</param>
    public void Finish(bool isLast)
    {
        if (isLast)
            TakeText(_decoder.Finish());
        if (form == ReceivedForm.Lines && _line.Length > 0)
            EndLine();
        HandOut();
    }

    /// <summary>What comes behind a gap does not go on with what came before it: neither a character, nor an escape sequence, nor a line.</summary>
    private void PassGap(long bytes)
    {
        Gaps++;
        LostBytes += bytes;
        TakeText(_decoder.Finish());
        if (form == ReceivedForm.Lines && _line.Length > 0)
            EndLine();
        _plainLine.Clear();
        _filter = new EscapeSequenceFilter();
        _mayBeginInCharacter = form != ReceivedForm.Bytes;
    }

    /// <summary>Bytes of a character whose beginning is no longer kept.</summary>
    private int CountLeftOver(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        while (_mayBeginInCharacter && count < Math.Min(3, bytes.Length) && (bytes[count] & 0xC0) == 0x80)
            count++;
        _mayBeginInCharacter = false;
        return count;
    }

    private void TakeText(string text)
    {
        if (text.Length == 0)
            return;
        bool ends = text.EndsWith('\n');
        bool needsPlain = stripsFormatting || until is not null;
        string plain = needsPlain ? _filter.Filter(text) : "";
        if (form == ReceivedForm.Text)
            _text.Append(stripsFormatting ? plain : text);
        // Who does not want lines may have output without any.
        if (form == ReceivedForm.Lines)
            _line.Append(text);
        _plainLine.Append(plain);
        HasFound = until is not null && Matches(until, plain.Length);
        if (ends)
            EndLine();
    }

    private bool Matches(Regex pattern, int newChars)
    {
        int from = Math.Max(0, _plainLine.Length - newChars - LookBackChars);
        string end = _plainLine.ToString(from, _plainLine.Length - from).TrimEnd('\r', '\n');
        if (form != ReceivedForm.Lines || !stripsFormatting)
            _plainLine.Remove(0, from);
        try
        {
            return pattern.IsMatch(end);
        }
        catch (RegexMatchTimeoutException)
        {
            throw ErrorRecords.ArgumentInvalid($"-Until is a regular expression that takes too long, more than {pattern.MatchTimeout.TotalSeconds} s for one line: repetitions in repetitions do that.");
        }
    }

    private void EndLine()
    {
        if (form == ReceivedForm.Lines)
            write((stripsFormatting ? _plainLine : _line).ToString().TrimEnd('\n').TrimEnd('\r'));
        _line.Clear();
        _plainLine.Clear();
    }
}
