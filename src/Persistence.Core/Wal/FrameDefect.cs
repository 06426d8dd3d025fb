namespace Persistence.Wal;

/// <summary>Why there is no valid frame at a position.</summary>
public enum FrameDefect
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The sector holds only zeros: nothing was ever written there, or a zeroed sector took its place.</summary>
    Zeros,

    /// <summary>No frame header with a valid checksum.</summary>
    NotAFrame,

    /// <summary>A header of another place, incarnation or store: what a recycled file held before.</summary>
    Stale,

    /// <summary>The header does not follow the frame before it.</summary>
    BrokenChain,

    /// <summary>The body would reach past the end of the segment or file.</summary>
    OutOfBounds,

    /// <summary>The body does not match its checksum.</summary>
    BodyCorrupt,

    /// <summary>The body's checksum holds, but lengths and count of its records do not add up.</summary>
    RecordsMalformed,

    /// <summary>The file ends before the frame does.</summary>
    FileTooShort,
}
