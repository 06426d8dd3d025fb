namespace Persistence.Wal;

/// <summary>Defects in words.</summary>
internal static class FrameDefects
{
    public static string Describe(FrameDefect defect) => defect switch
    {
        FrameDefect.None => "a frame reaches past the recorded end",
        FrameDefect.Zeros => "there are zeros where a frame should be",
        FrameDefect.NotAFrame => "there is no frame header with a valid checksum",
        FrameDefect.Stale => "there is a frame of another incarnation or position",
        FrameDefect.BrokenChain => "the frame does not follow the one before it",
        FrameDefect.OutOfBounds => "there is no room for a frame",
        FrameDefect.BodyCorrupt => "a frame does not match its checksum",
        FrameDefect.RecordsMalformed => "the records of a frame do not add up",
        FrameDefect.FileTooShort => "the file ends early",
        _ => defect.ToString(),
    };
}
