namespace Persistence.Configuration;

/// <summary>A key that is on or off.</summary>
internal sealed class BooleanKey(string section, string name, OptionProperty property)
    : ConfigurationKey(section, name, property, ConfigurationKind.Boolean, typeof(bool), "true or false")
{
    public override string Format(object value) => (bool)value ? "true" : "false";

    public override object Accept(object value) => value is bool ? value : throw Refuse("takes true or false, without quotes");

    internal override object Parse(string text) => bool.TryParse(text, out bool value) ? value : throw Refuse("is neither true nor false");

    private protected override object ToValue(object optionValue) => optionValue;
}
