using Persistence.State;

namespace Persistence.Files;

/// <summary>The store's files inside a transaction, its own changes included. One thread at a time.</summary>
public sealed class FileTransaction
{
    private readonly ITransaction _transaction;
    private readonly FileChanges _changes;

    internal FileTransaction(ITransaction transaction, FileChanges changes)
    {
        _transaction = transaction;
        _changes = changes;
    }

    /// <summary>Writes a file, new or in place of the one of that name. The content is staged on disk now.</summary>
    /// <param name="name">At most 200 bytes of UTF-8, a name that every system allows.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="ArgumentException">No file of the store can have that name.</exception>
    /// <exception cref="Diagnostics.StoreException">TransactionAborted, NestedTransaction, or a failure of the files.</exception>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        FileNames.Require(name);
        _transaction.RequireActive();
        _changes.Write(_transaction.Commands, name, content);
    }

    /// <summary>As <see cref="Write(string, ReadOnlySpan{byte})"/>, from where a stream stands to its end.</summary>
    public void Write(string name, Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        FileNames.Require(name);
        _transaction.RequireActive();
        _changes.Write(_transaction, name, content);
    }

    /// <summary>Deletes a file; one that is not there is no error. It is kept in <c>backup</c> as long as the log of the change.</summary>
    public void Delete(string name)
    {
        FileNames.Require(name);
        _transaction.RequireActive();
        _changes.Delete(_transaction.Commands, name);
    }

    /// <summary>Reads a file whole.</summary>
    /// <returns>Its content, or null when there is none of that name.</returns>
    /// <exception cref="Diagnostics.StoreException">TransactionAborted: it was changed by others since the transaction began. ChecksumMismatch, or a failure of the files.</exception>
    public byte[]? Read(string name)
    {
        FileNames.Require(name);
        _transaction.RequireActive();
        return _changes.Read(name);
    }
}
