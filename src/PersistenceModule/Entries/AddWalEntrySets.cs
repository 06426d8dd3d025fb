namespace PersistenceModule;

/// <summary>What Add-WalEntry adds.</summary>
internal static class AddWalEntrySets
{
    public const string Set = nameof(Set);
    public const string Delete = nameof(Delete);
    public const string Record = nameof(Record);
}
