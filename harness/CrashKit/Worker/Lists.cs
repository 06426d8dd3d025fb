using System.Collections.Immutable;
using System.Globalization;

namespace Persistence.CrashKit.Worker;

/// <summary>Lists of numbers as items of the key-value state.</summary>
internal static class Lists
{
    public const string Prefix = "list/";

    public static bool IsList(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    public static string Key(int epoch, int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{epoch}/{number}");

    public static string Write(ImmutableArray<long> values) => string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    public static ImmutableArray<long> Read(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(value => long.Parse(value, CultureInfo.InvariantCulture))];
}
