namespace PersistenceModule;

/// <summary>Where Invoke-Recovery goes to, beside the newest state or that of a checkpoint.</summary>
internal static class InvokeRecoverySets
{
    public const string PathToLsn = nameof(PathToLsn);
    public const string PathToTime = nameof(PathToTime);
    public const string LiteralPathToLsn = nameof(LiteralPathToLsn);
    public const string LiteralPathToTime = nameof(LiteralPathToTime);
}
