namespace PersistenceModule;

/// <summary>How a command is told its store.</summary>
internal static class ParameterSets
{
    public const string Path = nameof(Path);
    public const string LiteralPath = nameof(LiteralPath);
    public const string Store = nameof(Store);
}
