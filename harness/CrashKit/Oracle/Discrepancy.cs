namespace Persistence.CrashKit.Oracle;

/// <summary>One contradiction.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Message">What was found and what should have been, in words.</param>
public sealed record Discrepancy(DiscrepancyKind Kind, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Message}";
}
