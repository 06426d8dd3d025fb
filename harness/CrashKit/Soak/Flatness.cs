namespace Persistence.CrashKit.Soak;

/// <summary>Whether something grew.</summary>
/// <param name="What">What.</param>
public sealed record Flatness(string What)
{
    /// <summary>Why nothing can be said, or null.</summary>
    public string? WhyNotJudged { get; init; }

    /// <summary>Median of the second quarter of the time.</summary>
    public long EarlierBytes { get; init; }

    /// <summary>Median of the last quarter.</summary>
    public long LaterBytes { get; init; }

    /// <summary>More than this is growth.</summary>
    public long AllowedBytes { get; init; }

    /// <summary>Whether it did.</summary>
    public bool IsGrowing => WhyNotJudged is null && LaterBytes > AllowedBytes;

    /// <inheritdoc/>
    public override string ToString() => WhyNotJudged is null
        ? $"{What}: {Mebibytes(EarlierBytes)} in the second quarter, {Mebibytes(LaterBytes)} in the last, {Mebibytes(AllowedBytes)} allowed"
        : $"{What}, because {WhyNotJudged}";

    internal static string Mebibytes(long bytes) => FormattableString.Invariant($"{bytes / (double)(1 << 20):F1} MiB");
}
