namespace PersistenceModule;

/// <summary>Adds single entries: commits of their own, or changes of a transaction.</summary>
internal interface IEntryWriter
{
    /// <summary>Writes a state item.</summary>
    /// <returns>The entry if it is wanted, else null.</returns>
    WalEntry? Set(string key, object? value, bool wantsEntry);

    /// <summary>Deletes a key, which need not be there.</summary>
    WalEntry? Delete(string key, bool wantsEntry);

    /// <summary>Appends an application record.</summary>
    WalEntry? Append(string type, object? value, bool wantsEntry);
}
