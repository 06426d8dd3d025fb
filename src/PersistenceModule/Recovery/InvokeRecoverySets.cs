namespace PersistenceModule;

/// <summary>Where Invoke-Recovery goes to: the newest state, or an earlier one.</summary>
internal static class InvokeRecoverySets
{
    public const string PathToLsn = nameof(PathToLsn);
    public const string PathToTime = nameof(PathToTime);
    public const string PathToCheckpoint = nameof(PathToCheckpoint);
    public const string LiteralPathToLsn = nameof(LiteralPathToLsn);
    public const string LiteralPathToTime = nameof(LiteralPathToTime);
    public const string LiteralPathToCheckpoint = nameof(LiteralPathToCheckpoint);
}
