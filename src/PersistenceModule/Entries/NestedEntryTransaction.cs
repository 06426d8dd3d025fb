namespace PersistenceModule;

/// <summary>
/// Entries gathered for a transaction nested in the one that is current. That is begun when all of them are there: what else the pipeline
/// does meanwhile is no part of it.
/// </summary>
internal sealed class NestedEntryTransaction(WalTransaction outer) : IEntryTransaction
{
    private readonly List<Func<TransactionEntryWriter, bool, WalEntry?>> _entries = [];

    public int Count => _entries.Count;

    public void Set(string key, object? value)
    {
        KeyRules.Require(key);
        byte[] bytes = ValueCodec.Encode(value).ToArray();
        _entries.Add((writer, isWanted) => writer.Set(key, bytes, isWanted));
    }

    public void Delete(string key)
    {
        KeyRules.Require(key);
        _entries.Add((writer, isWanted) => writer.Delete(key, isWanted));
    }

    public void Append(string type, object? value)
    {
        byte[] bytes = ValueCodec.Encode(value).ToArray();
        _entries.Add((writer, isWanted) => writer.Append(type, bytes, isWanted));
    }

    public IEnumerable<WalEntry> Commit(bool wantsEntries, Action<string> debug)
    {
        using WalTransaction transaction = outer.BeginNested();
        TransactionEntryWriter writer = new(transaction);
        WalEntry?[] entries = [.. _entries.Select(entry => entry(writer, wantsEntries))];
        transaction.Commit();
        return entries.OfType<WalEntry>();
    }
}
