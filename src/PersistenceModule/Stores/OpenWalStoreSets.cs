namespace PersistenceModule;

/// <summary>How Open-WalStore opens, by how it is told what.</summary>
internal static class OpenWalStoreSets
{
    public const string Path = nameof(Path);
    public const string LiteralPath = nameof(LiteralPath);
    public const string ReadOnlyPath = nameof(ReadOnlyPath);
    public const string ReadOnlyLiteralPath = nameof(ReadOnlyLiteralPath);
}
