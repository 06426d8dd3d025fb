namespace Persistence.Configuration;

/// <summary>What <c>persistence.toml</c> says, as text.</summary>
internal static class ConfigurationText
{
    public const string FileName = "persistence.toml";
}
