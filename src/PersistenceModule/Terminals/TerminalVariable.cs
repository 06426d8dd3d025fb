using Persistence.Configuration;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>What is said of one environment variable. The value of what looks like a secret is never shown.</summary>
public sealed class TerminalVariable
{
    private const string Mask = "********";

    private TerminalVariable(EnvironmentEntry entry, bool isSecret)
    {
        Name = entry.Name;
        Kind = entry.Kind;
        IsMasked = entry.Kind == EnvironmentEntryKind.Set && isSecret;
        Value = IsMasked ? null : entry.Value;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What is said: that it has a value, that it is not there, or that it had a value which is not kept.</summary>
    public EnvironmentEntryKind Kind { get; }

    /// <summary>Its value; null when it has none, or none that is shown.</summary>
    public string? Value { get; }

    /// <summary>Whether its value is kept, and not shown because it looks like a secret.</summary>
    public bool IsMasked { get; }

    /// <summary>"NAME=value", "NAME=********", "NAME (removed)" or "NAME (withheld)".</summary>
    public override string ToString() => Kind switch
    {
        EnvironmentEntryKind.Set => $"{Name}={(IsMasked ? Mask : Value)}",
        EnvironmentEntryKind.Removed => $"{Name} (removed)",
        _ => $"{Name} (withheld)",
    };

    internal static TerminalVariable[] From(IEnumerable<EnvironmentEntry> entries, NamePatterns secrets) =>
        [.. entries.Select(entry => new TerminalVariable(entry, secrets.IsMatch(entry.Name)))];
}
