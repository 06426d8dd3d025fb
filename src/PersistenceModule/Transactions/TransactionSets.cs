namespace PersistenceModule;

/// <summary>How the commands that begin a transaction are told its store.</summary>
internal static class TransactionSets
{
    /// <summary>Not at all: it is the current one.</summary>
    public const string Current = nameof(Current);

    public const string Path = nameof(Path);
    public const string LiteralPath = nameof(LiteralPath);
    public const string Store = nameof(Store);
}
