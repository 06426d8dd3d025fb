namespace PersistenceModule;

/// <summary>What Add-WalEntry adds.</summary>
internal static class AddWalEntrySets
{
    /// <summary>What objects with the properties Key and Value say.</summary>
    public const string Item = nameof(Item);

    public const string Set = nameof(Set);
    public const string Delete = nameof(Delete);
    public const string Record = nameof(Record);
}
