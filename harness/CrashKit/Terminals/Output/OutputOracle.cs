using System.Globalization;
using System.Text;

namespace Persistence.CrashKit.Terminals.Output;

/// <summary>
/// What a pane's output must be: byte for byte what its programs were told to write, one program after the other, each cut short somewhere perhaps; nothing is missing in between and nothing is there twice.
/// What was heard or found once is known from then on, and must be there ever after, at its position.
/// </summary>
internal sealed class OutputOracle
{
    private const int ShownBytes = 40;

    // What is known, gapless, from the oldest still asked for up to Known; then where it goes on: in which life, in which of its parts, at which offset.
    private readonly List<KnownOutput> _known = [];
    private readonly List<ProgramLife> _lives = [];
    private int _life;
    private int _part;
    private long _offset;

    /// <summary>Up to where the output is known.</summary>
    public long Known { get; private set; }

    /// <summary>From where on it is still known what the output is.</summary>
    public long Oldest => _known.Count == 0 ? Known : _known[0].Position;

    /// <summary>Everything that all programs may write was seen.</summary>
    public bool IsSilent => _lives.Count == 0 || (_life == _lives.Count - 1 && PartsLeft().All(static part => part.MayEndEarly));

    /// <summary>Whether a part was seen whole, or to where it ended early.</summary>
    public bool HasSeen(OutputPart part)
    {
        int life = _lives.FindIndex(one => one.Parts.Contains(part));
        if (life != _life || life < 0)
            return IsKnown(part);
        int index = _lives[life].Parts.ToList().IndexOf(part);
        return index < _part || (index == _part && _offset == part.Length);
    }

    /// <summary>Whether a part is known to its end, and was neither forgotten nor lost.</summary>
    public bool IsKnown(OutputPart part) => _known.Any(known => known.Part == part && known.Offset + known.Length == part.Length);

    /// <summary>Whether some of a part was seen.</summary>
    public bool HasBegun(OutputPart part) => _known.Any(known => known.Part == part);

    /// <summary>Another program is started in the pane: what the ones before it have not written yet may never come.</summary>
    public ProgramLife BeginLife()
    {
        ProgramLife life = new();
        _lives.Add(life);
        return life;
    }

    /// <summary>No program of those until now writes anything any more.</summary>
    public void EndLives()
    {
        _lives.Clear();
        (_life, _part, _offset) = (0, 0, 0);
    }

    /// <summary>Takes output that was heard or found behind what is known.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            OutputPart? part = CurrentPart;
            int matching = part?.CountMatching(_offset, bytes) ?? 0;
            if (part is not null && matching > 0)
                Note(part, matching);
            bytes = bytes[matching..];
            if (bytes.IsEmpty)
                break;
            if (part is not null && (_offset == part.Length || (part.MayEndEarly && HasNextPart)))
                NextPart();
            else if (!TryGoToNextLife(bytes))
                return Describe(bytes);
        }

        return null;
    }

    /// <summary>Passes over output that is no longer kept: whatever programs were told to write, each part of it whole.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Skip(long count)
    {
        while (count > 0)
        {
            if (CurrentPart is not OutputPart part)
            {
                if (_life >= _lives.Count - 1)
                    return string.Create(CultureInfo.InvariantCulture, $"{count} bytes more than any program was told to write were dropped before it");
                (_life, _part, _offset) = (_life + 1, 0, 0);
                continue;
            }

            if (part.MayEndEarly)
                throw new InvalidOperationException("Nobody can tell what was dropped of a part that may have ended early.");
            long taken = Math.Min(count, part.Length - _offset);
            Note(part, taken);
            count -= taken;
            if (_offset == part.Length)
                NextPart();
        }

        return null;
    }

    /// <summary>Compares output with what is known of it.</summary>
    /// <param name="position">Where it begins.</param>
    /// <param name="bytes">The output: not behind what is known.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Compare(long position, ReadOnlySpan<byte> bytes)
    {
        for (int i = FindKnown(position); !bytes.IsEmpty; i++)
        {
            KnownOutput known = _known[i];
            int length = (int)Math.Min(bytes.Length, known.End - position);
            int same = known.Part.CountMatching(known.Offset + (position - known.Position), bytes[..length]);
            if (same < length)
                return string.Create(CultureInfo.InvariantCulture, $"at {position + same} there is {Show(bytes[same..])}, in the middle of {known.Part} that began at {known.Position - known.Offset}");
            position += length;
            bytes = bytes[length..];
        }

        return null;
    }

    /// <summary>How many line feeds there are between two positions that are known.</summary>
    public long CountLineFeeds(long from, long to)
    {
        long count = 0;
        for (int i = FindKnown(from); from < to; i++)
        {
            long end = Math.Min(to, _known[i].End);
            long offset = _known[i].Offset - _known[i].Position;
            count += _known[i].Part.CountLineFeeds(from + offset, end + offset);
            from = end;
        }

        return count;
    }

    /// <summary>What was known behind a position did not last, and is not known any more: no program writes it again.</summary>
    public void Rewind(long position)
    {
        while (_known.Count > 0 && _known[^1].End > position)
        {
            KnownOutput last = _known[^1];
            _known.RemoveAt(_known.Count - 1);
            if (last.Position < position)
                _known.Add(last with { Length = position - last.Position });
        }

        Known = Math.Min(Known, position);
    }

    /// <summary>Nobody asks any more for what lies before a position.</summary>
    public void Forget(long position) => _known.RemoveAll(known => known.End <= position);

    private OutputPart? CurrentPart => _life < _lives.Count && _part < _lives[_life].Parts.Count ? _lives[_life].Parts[_part] : null;

    private bool HasNextPart => _part + 1 < _lives[_life].Parts.Count;

    private IEnumerable<OutputPart> PartsLeft() => _lives[_life].Parts.Skip(_offset == 0 ? _part : _offset == CurrentPart!.Length ? _part + 1 : _part);

    private void NextPart() => (_part, _offset) = (_part + 1, 0);

    private void Note(OutputPart part, long length)
    {
        if (_known.Count > 0 && _known[^1] is KnownOutput last && last.Part == part && last.Offset + last.Length == _offset)
            _known[^1] = last with { Length = last.Length + length };
        else
            _known.Add(new KnownOutput(Known, part, _offset, length));
        Known += length;
        _offset += length;
    }

    /// <summary>A program that is started later may have written this: what was taken for the beginning of a part may have been the beginning of its output.</summary>
    private bool TryGoToNextLife(ReadOnlySpan<byte> bytes)
    {
        long begun = CurrentPart is null ? 0 : _offset;
        for (int life = _life + 1; life < _lives.Count; life++)
        {
            if (_lives[life].Parts.Count == 0)
                continue;
            OutputPart first = _lives[life].Parts[0];
            long taken = first.CountMatching(0, bytes[..1]) == 1 ? 0 : begun;
            if (taken > 0 && !ContinuesAs(first, taken, bytes))
                continue;
            TakeBack(taken);
            (_life, _part, _offset) = (life, 0, 0);
            if (taken > 0)
                Note(first, taken);
            return true;
        }

        return false;
    }

    private bool ContinuesAs(OutputPart first, long taken, ReadOnlySpan<byte> bytes)
    {
        if (taken >= first.Length)
            return false;
        Span<byte> begun = stackalloc byte[(int)taken];
        CurrentPart!.CopyTo(0, begun);
        return first.CountMatching(0, begun) == taken && first.CountMatching(taken, bytes[..1]) == 1;
    }

    private void TakeBack(long length)
    {
        if (length == 0)
            return;
        KnownOutput last = _known[^1];
        _known.RemoveAt(_known.Count - 1);
        if (last.Length > length)
            _known.Add(last with { Length = last.Length - length });
        Known -= length;
    }

    private int FindKnown(long position)
    {
        int low = 0;
        int high = _known.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_known[middle].End <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private string Describe(ReadOnlySpan<byte> bytes) => string.Create(
        CultureInfo.InvariantCulture,
        $"at {Known} there is {Show(bytes)} where {(CurrentPart is OutputPart part ? $"{part} goes on at its byte {_offset}" : "no program was told to write anything more")}");

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new("\"");
        foreach (byte value in bytes[..Math.Min(ShownBytes, bytes.Length)])
            text.Append(value is >= 0x20 and < 0x7F ? ((char)value).ToString() : $"\\{value:x2}");
        return text.Append(bytes.Length > ShownBytes ? "\"…" : "\"").ToString();
    }
}
