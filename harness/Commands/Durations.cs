using System.Globalization;

namespace Persistence.Harness.Commands;

/// <summary>Durations as people write them.</summary>
internal static class Durations
{
    /// <summary>A number and s, m or h; or hh:mm:ss.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TimeSpan Parse(string text)
    {
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            switch (text[^1])
            {
                case 's':
                    return TimeSpan.FromSeconds(number);
                case 'm':
                    return TimeSpan.FromMinutes(number);
                case 'h':
                    return TimeSpan.FromHours(number);
            }
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time)
            ? time
            : throw new FormatException($"'{text}' is not a duration: write 30s, 10m, 2h or 00:10:00.");
    }
}
