using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>
/// Reads one segment's frames in order, checking each against its place, its predecessor and its checksums. Memory is
/// bounded by one frame, and no frame length is believed before the header's checksum and the file's length allow it.
/// </summary>
internal sealed class SegmentReader
{
    private readonly SegmentHeader _header;
    private readonly ReadWindow _window;
    private long _limit;
    private bool _acceptAnyLink;
    private (long Offset, FrameLink Link, bool AcceptAnyLink) _before;

    /// <summary>Starts at a frame boundary.</summary>
    /// <param name="window">The file's bytes.</param>
    /// <param name="header">Its valid header.</param>
    /// <param name="limitOffset">Where its frames end: its logical end if that is fixed, else its size.</param>
    /// <param name="startOffset">Offset of the first frame to read.</param>
    /// <param name="link">The frame before that one, or null to believe what the first frame says.</param>
    public SegmentReader(ReadWindow window, SegmentHeader header, long limitOffset, long startOffset, FrameLink? link)
    {
        _window = window;
        _header = header;
        _limit = Math.Min(limitOffset, header.SizeBytes);
        Offset = startOffset;
        _acceptAnyLink = link is null;
        Link = link ?? default;
        _before = (Offset, Link, _acceptAnyLink);
    }

    /// <summary>Looks for the next valid frame of this incarnation behind a bad position, at every sector boundary.</summary>
    /// <param name="window">The file's bytes.</param>
    /// <param name="header">Its valid header.</param>
    /// <param name="limitOffset">Where its frames end.</param>
    /// <param name="badOffset">Where there is no valid frame.</param>
    /// <returns>A reader that stands before that frame and believes what it says of its predecessor, or null.</returns>
    public static SegmentReader? FindNext(ReadWindow window, SegmentHeader header, long limitOffset, long badOffset)
    {
        for (long offset = badOffset + header.SectorBytes; offset < limitOffset; offset += header.SectorBytes)
        {
            if (new SegmentReader(window, header, limitOffset, offset, link: null).Read() == FrameDefect.None)
                return new SegmentReader(window, header, limitOffset, offset, link: null);
        }

        return null;
    }

    /// <summary>Looks for the next valid frame behind the one that is not.</summary>
    /// <returns>As <see cref="FindNext(ReadWindow, SegmentHeader, long, long)"/>.</returns>
    public SegmentReader? FindNext() => FindNext(_window, _header, _limit, Offset);

    /// <summary>Another one at the same place.</summary>
    public SegmentReader Copy() => new(_window, _header, _limit, Offset, _acceptAnyLink ? null : Link);

    /// <summary>Where its frames end has become known.</summary>
    public void EndAt(long limitOffset) => _limit = Math.Min(limitOffset, _header.SizeBytes);

    /// <summary>The frame read last is the next one again.</summary>
    public void StepBack() => (Offset, Link, _acceptAnyLink) = _before;

    /// <summary>Offset of the next frame.</summary>
    public long Offset { get; private set; }

    /// <summary>LSN of the next frame.</summary>
    public Lsn NextLsn => _header.FirstLsn + Offset;

    /// <summary>The last valid frame.</summary>
    public FrameLink Link { get; private set; }

    /// <summary>The frame read last.</summary>
    public FrameHeader Frame { get; private set; }

    /// <summary>LSN of its body's first byte.</summary>
    public Lsn BodyLsn => Frame.Lsn + FrameHeader.Bytes;

    /// <summary>Its body; valid until the next read.</summary>
    public ReadOnlySpan<byte> Body => _window.Get(Frame.Lsn - _header.FirstLsn + FrameHeader.Bytes, Frame.BodyBytes);

    /// <summary>Whether the limit was reached exactly.</summary>
    public bool AtLimit => Offset >= _limit;

    /// <summary>Reads the next frame.</summary>
    /// <returns><see cref="FrameDefect.None"/> when there is a valid one; otherwise why not, and the position stays.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/> for an intact frame of a newer version.</exception>
    public FrameDefect Read()
    {
        FrameDefect defect = Examine(out FrameHeader frame);
        if (defect != FrameDefect.None)
            return defect;
        _before = (Offset, Link, _acceptAnyLink);
        Frame = frame;
        Link = frame.Link;
        _acceptAnyLink = false;
        Offset = SectorAlignment.Up(Offset + FrameHeader.Bytes + frame.BodyBytes, _header.SectorBytes);
        return FrameDefect.None;
    }

    private FrameDefect Examine(out FrameHeader frame)
    {
        frame = default;
        if (Offset + FrameHeader.Bytes > _limit)
            return FrameDefect.OutOfBounds;
        if (!_window.TryGet(Offset, FrameHeader.Bytes, out ReadOnlySpan<byte> head))
            return FrameDefect.FileTooShort;
#if MUTANTS
        if (Mutants.Is(Mutants.ZeroLengthZeroChecksumAccepted) && head.IndexOfAnyExcept((byte)0) < 0)
        {
            frame = new FrameHeader { Lsn = NextLsn };
            return FrameDefect.None;
        }
#endif
        if (!FrameHeader.TryDecode(head, out frame))
            return head.IndexOfAnyExcept((byte)0) < 0 ? FrameDefect.Zeros : FrameDefect.NotAFrame;
#if MUTANTS
        if (Mutants.Is(Mutants.MisdirectedWriteAccepted))
            return frame.Salt == _header.Salt ? ExamineBody(frame) : FrameDefect.Stale;
#endif
        if (frame.Salt != _header.Salt || frame.Lsn != NextLsn)
            return FrameDefect.Stale;
        if (frame.Version != FrameHeader.FormatVersion || frame.Flags != 0)
            throw Unsupported(frame);
        if (!_acceptAnyLink && frame.Previous != Link)
            return FrameDefect.BrokenChain;
        return ExamineBody(frame);
    }

    private FrameDefect ExamineBody(in FrameHeader frame)
    {
        if (frame.BodyBytes < 0 || Offset + FrameHeader.Bytes + frame.BodyBytes > _limit)
            return FrameDefect.OutOfBounds;
        if (!_window.TryGet(Offset + FrameHeader.Bytes, frame.BodyBytes, out ReadOnlySpan<byte> body))
            return FrameDefect.FileTooShort;
#if MUTANTS
        if (Mutants.Is(Mutants.SkipChecksum))
            return RecordCursor.IsWellFormed(body, frame.RecordCount) ? FrameDefect.None : FrameDefect.RecordsMalformed;
#endif
        if (Crc32C.Compute(body) != frame.BodyCrc)
            return FrameDefect.BodyCorrupt;
        return RecordCursor.IsWellFormed(body, frame.RecordCount) ? FrameDefect.None : FrameDefect.RecordsMalformed;
    }

    private StoreException Unsupported(in FrameHeader frame) => new(
        StoreError.UnsupportedFormatVersion,
        $"The frame at offset {Offset} of '{_window.Path}' has format version {frame.Version} and flags {frame.Flags:X}; this version reads version {FrameHeader.FormatVersion} and no flags.")
    { File = _window.Path, Offset = Offset, Position = NextLsn.Value };
}
