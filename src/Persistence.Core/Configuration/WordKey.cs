namespace Persistence.Configuration;

/// <summary>A key that takes one of some words: the names of an enumeration, in lower case.</summary>
internal sealed class WordKey<T>(string section, string name, OptionProperty property)
    : ConfigurationKey(section, name, property, ConfigurationKind.Word, typeof(T), string.Join(", ", Words.Select(word => $"\"{word}\"")))
    where T : struct, Enum
{
    private static readonly string[] Words = [.. Enum.GetNames<T>().Select(ToWord)];

    public override string Format(object value) => $"\"{ToWord(value.ToString()!)}\"";

    public override object Accept(object value) => value switch
    {
        T known when Enum.IsDefined(known) => known,
        string text => Parse(text),
        _ => throw Refuse("takes a word, in quotes"),
    };

    internal override object Parse(string text)
    {
        int index = Array.FindIndex(Words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? Enum.Parse<T>(Words[index], ignoreCase: true) : throw Refuse("has a word it does not take");
    }

    private protected override object ToValue(object optionValue) => optionValue;

    private static string ToWord(string name) => string.Create(name.Length, name, static (target, source) => source.AsSpan().ToLowerInvariant(target));
}
