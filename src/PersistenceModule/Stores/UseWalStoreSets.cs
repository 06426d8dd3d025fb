namespace PersistenceModule;

/// <summary>How Use-WalStore is told its store.</summary>
internal static class UseWalStoreSets
{
    public const string Path = nameof(Path);
    public const string LiteralPath = nameof(LiteralPath);
    public const string ReadOnlyPath = nameof(ReadOnlyPath);
    public const string ReadOnlyLiteralPath = nameof(ReadOnlyLiteralPath);
    public const string Store = nameof(Store);
}
