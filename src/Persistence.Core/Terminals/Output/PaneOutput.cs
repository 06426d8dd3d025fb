using Persistence.Diagnostics;

namespace Persistence.Terminals;

/// <summary>
/// What is kept of a pane's output, as of one moment. Nothing is read before it is asked for, and no more than the pieces asked for. Thread-safe. Pieces that retention removes while it is held
/// may no longer be read.
/// </summary>
public sealed class PaneOutput
{
    private const byte LineFeed = (byte)'\n';

    private readonly Scrollback _scrollback;
    private readonly ScrollbackLimits _limits;
    private readonly Func<bool> _isClosed;

    internal PaneOutput(Scrollback scrollback, ScrollbackLimits limits, Func<bool> isClosed)
    {
        _scrollback = scrollback;
        _limits = limits;
        _isClosed = isClosed;
    }

    /// <summary>Whose output it is.</summary>
    public PaneId Pane => _scrollback.Pane;

    /// <summary>How many bytes the pane has written since it was created.</summary>
    public long End => _scrollback.End;

    /// <summary>Bytes kept: up to a chunk, 64 KiB, more than the limits ask for.</summary>
    public long KeptBytes => _scrollback.Bytes;

    /// <summary>How many of them are in checkpoints, and read from there when somebody asks for them.</summary>
    public long StoredBytes => _scrollback.Chunks.Where(static chunk => chunk.IsStored).Sum(static chunk => (long)chunk.Length);

    /// <summary>Line feeds in what is kept.</summary>
    public long KeptLineFeeds => _scrollback.LineFeeds;

    /// <summary>Pieces in memory and in checkpoints.</summary>
    internal Scrollback Scrollback => _scrollback;

    /// <summary>Where the output begins that the limits ask for. Reads the oldest piece.</summary>
    /// <exception cref="StoreException">As for <see cref="ReadNext"/>.</exception>
    public long FindStart()
    {
        long start = _scrollback.Begin;
        if (_limits.Bytes > 0 && _scrollback.Bytes > _limits.Bytes)
            start = PositionAfter(_scrollback.Bytes - _limits.Bytes);
        if (_limits.Lines > 0 && _scrollback.LineFeeds > _limits.Lines)
            start = Math.Max(start, PositionAfterLineFeed(_scrollback.LineFeeds - _limits.Lines));
        return start;
    }

    /// <summary>Where the last lines begin; what follows the last line feed is a line too, if there is anything.</summary>
    /// <param name="lines">How many; more than there are: where the output begins.</param>
    /// <exception cref="StoreException">As for <see cref="ReadNext"/>.</exception>
    public long FindLine(long lines)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lines);
        if (lines == 0)
            return End;
        long lineFeeds = lines - (EndsLine() ? 0 : 1);
        long start = FindStart();
        return lineFeeds >= _scrollback.LineFeeds ? start : Math.Max(start, PositionAfterLineFeed(_scrollback.LineFeeds - lineFeeds));
    }

    /// <summary>Reads what follows a position and lies together.</summary>
    /// <param name="position">Where to go on. What is no longer kept there is passed over: the piece then begins behind it.</param>
    /// <returns>1 byte to 64 KiB; null at the end.</returns>
    /// <exception cref="StoreException">CheckpointInvalid: the piece is damaged. LogTruncated: it is no longer kept. StoreClosed, CompressionUnavailable, or a failure of the files.</exception>
    public OutputPiece? ReadNext(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position >= End)
            return null;
        if (position >= _scrollback.TailPosition)
            return PieceOf(_scrollback.TailPosition, _scrollback.Tail, position);
        ScrollbackChunk? chunk = FindChunk(position);
        return chunk is null ? PieceOf(_scrollback.TailPosition, _scrollback.Tail, position) : PieceOf(chunk.Position, Read(chunk), position);
    }

    /// <summary>Reads everything from a position on, piece by piece; without one from where the limits ask for.</summary>
    /// <exception cref="StoreException">As for <see cref="ReadNext"/>, while enumerating.</exception>
    public IEnumerable<OutputPiece> Read(long? from = null)
    {
        long position = from ?? FindStart();
        while (ReadNext(position) is OutputPiece piece)
        {
            yield return piece;
            position = piece.End;
        }
    }

    /// <summary>Everything from a position on, at once; without one from where the limits ask for.</summary>
    /// <exception cref="StoreException">As for <see cref="ReadNext"/>. RecordTooLarge: no array can hold it.</exception>
    public byte[] ReadAll(long? from = null)
    {
        long begin = from ?? FindStart();
        long most = Math.Min(_scrollback.Bytes, End - begin);
        if (most > Array.MaxLength)
            throw new StoreException(StoreError.RecordTooLarge, $"{most} bytes of output are more than can be read at once.");
        List<OutputPiece> pieces = [.. Read(begin)];
        byte[] all = new byte[pieces.Sum(static piece => piece.Bytes.Length)];
        int at = 0;
        foreach (OutputPiece piece in pieces)
        {
            piece.Bytes.CopyTo(all.AsMemory(at));
            at += piece.Bytes.Length;
        }

        return all;
    }

    private static OutputPiece? PieceOf(long begin, ReadOnlyMemory<byte> bytes, long position)
    {
        int skipped = (int)Math.Max(0, position - begin);
        return skipped >= bytes.Length ? null : new OutputPiece(begin + skipped, bytes[skipped..]);
    }

    /// <summary>The first chunk that ends behind a position.</summary>
    private ScrollbackChunk? FindChunk(long position)
    {
        int low = 0;
        int high = _scrollback.Chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_scrollback.Chunks[middle].End <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _scrollback.Chunks.Count ? _scrollback.Chunks[low] : null;
    }

    private bool EndsLine()
    {
        ReadOnlySpan<byte> tail = _scrollback.Tail.Span;
        if (!tail.IsEmpty)
            return tail[^1] == LineFeed;
        return _scrollback.Chunks.IsEmpty || Read(_scrollback.Chunks[^1])[^1] == LineFeed;
    }

    /// <summary>The position behind so many of the kept bytes.</summary>
    private long PositionAfter(long bytes)
    {
        foreach (ScrollbackChunk chunk in _scrollback.Chunks)
        {
            if (bytes < chunk.Length)
                return chunk.Position + bytes;
            bytes -= chunk.Length;
        }

        return _scrollback.TailPosition + bytes;
    }

    /// <summary>The position behind so many of the kept line feeds.</summary>
    private long PositionAfterLineFeed(long lineFeeds)
    {
        foreach (ScrollbackChunk chunk in _scrollback.Chunks)
        {
            if (lineFeeds <= chunk.LineFeeds)
                return chunk.Position + IndexAfterLineFeed(Read(chunk), lineFeeds);
            lineFeeds -= chunk.LineFeeds;
        }

        return _scrollback.TailPosition + IndexAfterLineFeed(_scrollback.Tail.Span, lineFeeds);
    }

    private static int IndexAfterLineFeed(ReadOnlySpan<byte> bytes, long lineFeeds)
    {
        int index = 0;
        for (long i = 0; i < lineFeeds; i++)
            index += bytes[index..].IndexOf(LineFeed) + 1;
        return index;
    }

    private byte[] Read(ScrollbackChunk chunk)
    {
        try
        {
            return chunk.Read();
        }
        catch (ObjectDisposedException e)
        {
            throw _isClosed()
                ? new StoreException(StoreError.StoreClosed, "The store is closed.", e)
                : new StoreException(StoreError.LogTruncated, $"The output of pane {Pane} from {chunk.Position} to {chunk.End} is no longer kept.", e) { Position = chunk.Position };
        }
        catch (MalformedDataException e)
        {
            throw new StoreException(StoreError.CheckpointInvalid, $"The output of pane {Pane} from {chunk.Position} to {chunk.End} is damaged. Close the store and open it again: recovery goes back to a checkpoint that is whole.", e);
        }
    }
}
