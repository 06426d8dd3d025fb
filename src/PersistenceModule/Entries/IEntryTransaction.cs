namespace PersistenceModule;

/// <summary>Entries that one pipeline gathers for one atomic step. Nothing happens to them before <see cref="Commit"/>.</summary>
internal interface IEntryTransaction
{
    int Count { get; }

    void Set(string key, object? value);

    void Delete(string key);

    void Append(string type, object? value);

    /// <summary>Commits everything as one step.</summary>
    /// <param name="wantsEntries">Whether the entries are to be returned.</param>
    /// <param name="debug">Told where they are in the log, if they are.</param>
    IEnumerable<WalEntry> Commit(bool wantsEntries, Action<string> debug);
}
