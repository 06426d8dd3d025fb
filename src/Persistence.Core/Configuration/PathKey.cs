using System.Text;

namespace Persistence.Configuration;

/// <summary>A key that takes the path of a directory, or nothing.</summary>
internal sealed class PathKey(string section, string name, OptionProperty property)
    : ConfigurationKey(section, name, property, ConfigurationKind.Path, typeof(string), "a path, absolute or relative to the store; \".\" for the store itself; \"\" for where it is")
{
    /// <summary>ROOT keeps it.</summary>
    public const int BytesMax = 300;

    public override string Format(object value) => TomlStrings.Quote((string)value);

    public override object Accept(object value) => value is string text ? Parse(text) : throw Refuse("takes a path, in quotes");

    internal override object Parse(string text) =>
        Encoding.UTF8.GetByteCount(text) <= BytesMax && PlainText.IsPlain(text) ? text : throw Refuse("is longer than 300 bytes, or has a control character or half a character");

    private protected override object ToValue(object optionValue) => optionValue;
}
