using System.Globalization;

namespace Persistence.Harness.Commands;

/// <summary>Durations as people write them.</summary>
internal static class Durations
{
    /// <summary>The longest a run may be asked to take.</summary>
    public static TimeSpan RunMax => TimeSpan.FromDays(1000);

    /// <summary>What <see cref="TryParse"/> takes, in words.</summary>
    public static string Allowed(TimeSpan max) =>
        string.Create(CultureInfo.InvariantCulture, $"more than 0 and at most {max.TotalHours}h, written 30s, 10m, 2h or 00:10:00");

    /// <summary>A number and s, m or h; or hh:mm:ss.</summary>
    /// <returns>Whether it is either, and within the limits.</returns>
    public static bool TryParse(string text, TimeSpan max, out TimeSpan duration) =>
        (TryParseNumber(text, out duration) || (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration)))
        && duration > TimeSpan.Zero
        && duration <= max;

    private static bool TryParseNumber(string text, out TimeSpan duration)
    {
        duration = default;
        double seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        ReadOnlySpan<char> digits = text.AsSpan(0, Math.Max(text.Length - 1, 0));
        if (seconds == 0 || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            return false;
        duration = TimeSpan.FromSeconds(Math.Min(number * seconds, TimeSpan.MaxValue.TotalSeconds / 2));
        return true;
    }
}
