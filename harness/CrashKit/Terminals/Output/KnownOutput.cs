namespace Persistence.CrashKit.Terminals.Output;

/// <summary>A stretch of output whose content is known.</summary>
/// <param name="Position">Where it begins in the pane's output.</param>
/// <param name="Part">The part it is of.</param>
/// <param name="Offset">Where it begins in that.</param>
/// <param name="Length">How long it is.</param>
internal sealed record KnownOutput(long Position, OutputPart Part, long Offset, long Length)
{
    public long End => Position + Length;
}
