using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Persistence.Configuration;

namespace Persistence.Harness.Commands;

/// <summary>Options whose values are checked as the command line is read: what is wrong is answered with what is allowed.</summary>
internal static class CheckedOption
{
    /// <summary>Reads a value.</summary>
    /// <returns>Whether it is allowed.</returns>
    public delegate bool Reader<T>(string text, out T value);

    /// <param name="name">The option.</param>
    /// <param name="description">For the help.</param>
    /// <param name="allowed">What is allowed, for the help and for messages.</param>
    /// <param name="read">Reads a value.</param>
    public static Option<T> Create<T>(string name, string description, string allowed, Reader<T> read) => new(name)
    {
        Description = $"{description} Allowed: {allowed}.",
        CustomParser = result => Read(result, name, allowed, read),
    };

    /// <summary>A whole number from 1 on.</summary>
    public static Option<int> Count(string name, string description, int max, int preset)
    {
        Option<int> option = Create(name, description, AllowedCounts(max), (string text, out int count) => TryCount(text, max, out count));
        option.DefaultValueFactory = _ => preset;
        return option;
    }

    /// <summary>A whole number from 1 on, or none.</summary>
    public static Option<int?> Count(string name, string description, int max) =>
        Create(name, description, AllowedCounts(max), (string text, out int? value) =>
        {
            bool isCount = TryCount(text, max, out int count);
            value = count;
            return isCount;
        });

    /// <summary>A duration, or none.</summary>
    public static Option<TimeSpan?> Duration(string name, string description, TimeSpan max) =>
        Create(name, description, Durations.Allowed(max), (string text, out TimeSpan? value) =>
        {
            bool isDuration = Durations.TryParse(text, max, out TimeSpan duration);
            value = duration;
            return isDuration;
        });

    /// <summary>A text that says something, or none.</summary>
    public static Option<string?> Text(string name, string description, string allowed) =>
        Create(name, description, allowed, (string text, out string? value) =>
        {
            value = text;
            return !string.IsNullOrWhiteSpace(text);
        });

    /// <summary>Where all random choices come from: 1 unless something else is said.</summary>
    public static Option<long> Seed()
    {
        Option<long> option = Create("--seed", "Where all random choices come from.", "a whole number", (string text, out long seed) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed));
        option.DefaultValueFactory = _ => 1;
        return option;
    }

    /// <summary>When a commit is promised, or null.</summary>
    /// <param name="description">What null means.</param>
    public static Option<DurabilityMode?> Durability(string description = "When a commit is promised.") =>
        Create("--durability", description, string.Join(", ", Enum.GetNames<DurabilityMode>()), (string text, out DurabilityMode? value) =>
        {
            bool isMode = Enum.TryParse(text, ignoreCase: true, out DurabilityMode mode) && Enum.GetNames<DurabilityMode>().Contains(text, StringComparer.OrdinalIgnoreCase);
            value = mode;
            return isMode;
        });

    private static string AllowedCounts(int max) => string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {max}");

    private static bool TryCount(string text, int max, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1 && count <= max;

    private static T? Read<T>(ArgumentResult result, string name, string allowed, Reader<T> read)
    {
        string text = result.Tokens[^1].Value;
        if (read(text, out T value))
            return value;
        result.AddError($"{name} '{text}' is not allowed. Allowed: {allowed}.");
        return default;
    }
}
