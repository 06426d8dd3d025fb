namespace Persistence.Configuration;

/// <summary>What a text is refused for as TOML.</summary>
internal static class TomlErrors
{
    /// <summary>What is supported.</summary>
    public const string Values = "A value is a string in quotes, a decimal integer, true or false, or a list of these in brackets.";

    public static ConfigurationException At(TomlPlace place, string what) => new ConfigurationException(what).At(place.Line, place.Column);

    public static ConfigurationException NotSupported(string what, TomlPlace place) =>
        At(place, $"{what} are not supported here. {Values}");
}
