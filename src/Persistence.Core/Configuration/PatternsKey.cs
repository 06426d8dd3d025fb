namespace Persistence.Configuration;

/// <summary>A key that takes a list of wildcard patterns.</summary>
internal sealed class PatternsKey(string section, string name, OptionProperty property)
    : ConfigurationKey(section, name, property, ConfigurationKind.Patterns, typeof(NamePatterns), PatternLimits.Allowed)
{
    private static readonly char[] Separators = [',', ';'];

    public override string Format(object value) => $"[{string.Join(", ", ((NamePatterns)value).Select(TomlStrings.Quote))}]";

    public override object Accept(object value)
    {
        if (value is not IEnumerable<object?> items)
            throw Refuse("takes a list: patterns in quotes, separated by commas, in brackets");
        List<string> patterns = [];
        foreach (object? item in items)
            patterns.Add(AcceptItem(item, patterns.Count));
        return NamePatterns.From(patterns);
    }

    /// <summary>Patterns separated by commas or semicolons; what is empty between them is none.</summary>
    internal override object Parse(string text) => Accept(text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private protected override object ToValue(object optionValue) => optionValue;

    private string AcceptItem(object? item, int index)
    {
        if (item is not string pattern)
            throw Refuse($"takes texts only (item {index + 1})", index);
        return PatternLimits.FindFault(pattern, index) is string fault ? throw Refuse($"{fault} (item {index + 1})", index) : pattern;
    }
}
