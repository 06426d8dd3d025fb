namespace Persistence.Terminals;

/// <summary>What is said of one environment variable.</summary>
public sealed record EnvironmentEntry
{
    private EnvironmentEntry(string name, EnvironmentEntryKind kind, string? value)
    {
        Name = TerminalText.RequireVariable(name);
        Kind = kind;
        Value = value;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What is said.</summary>
    public EnvironmentEntryKind Kind { get; }

    /// <summary>Its value; null unless it is set.</summary>
    public string? Value { get; }

    /// <summary>It has this value.</summary>
    /// <exception cref="ArgumentException">The name is empty, has '=' or NUL, or is too long; the value has NUL or is too long.</exception>
    public static EnvironmentEntry Set(string name, string value) => new(name, EnvironmentEntryKind.Set, TerminalText.RequireValue(value, TerminalText.ValueCharsMax, "value of an environment variable"));

    /// <summary>It is not there, even if it is inherited.</summary>
    /// <exception cref="ArgumentException">The name is empty, has '=' or NUL, or is too long.</exception>
    public static EnvironmentEntry Remove(string name) => new(name, EnvironmentEntryKind.Removed, null);

    /// <summary>It had a value, which is not kept.</summary>
    /// <exception cref="ArgumentException">The name is empty, has '=' or NUL, or is too long.</exception>
    public static EnvironmentEntry Withhold(string name) => new(name, EnvironmentEntryKind.Withheld, null);

    /// <summary>The name alone: values stay out of logs and messages.</summary>
    public override string ToString() => Kind switch
    {
        EnvironmentEntryKind.Set => Name,
        EnvironmentEntryKind.Removed => $"{Name} (removed)",
        _ => $"{Name} (withheld)",
    };
}
