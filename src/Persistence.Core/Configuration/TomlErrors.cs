namespace Persistence.Configuration;

/// <summary>What a text is refused for as TOML.</summary>
internal static class TomlErrors
{
    public static ConfigurationException At(TomlPlace place, string what) => new ConfigurationException(what).At(place.Line, place.Column);

    public static ConfigurationException NotSupported(string what, TomlPlace place) =>
        At(place, $"{what} are not supported here. A value is a string in quotes, a decimal integer, true or false.");
}
