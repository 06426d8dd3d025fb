using System.Text;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Tests.Engine;
using Persistence.Transactions;

namespace Persistence.Tests.Files;

/// <summary>A store with key-value state and files on a simulated disk.</summary>
internal sealed class FileStore : IDisposable
{
    private FileStore(IFileSystem files, StoreOptions? options, string bootId, bool isReadOnly, RecoveryMode mode = RecoveryMode.Strict)
    {
        Disk = files;
        StoreHost host = TestStore.DeterministicHostFor(files, seed: 7, bootId: bootId);
        Store = isReadOnly
            ? PersistenceStore.OpenReadOnly(host, [KeyValue, Files])
            : PersistenceStore.Open(host, options ?? TestStore.SmallOptions, [KeyValue, Files], mode);
    }

    public IFileSystem Disk { get; }

    public PersistenceStore Store { get; }

    public KeyValueState KeyValue { get; } = new();

    public FileState Files { get; } = new();

    public static FileStore Create(IFileSystem files, StoreOptions? options = null)
    {
        PersistenceStore.Create(TestStore.DeterministicHostFor(files, seed: 3), options ?? TestStore.SmallOptions);
        return Open(files, options);
    }

    public static FileStore Open(IFileSystem files, StoreOptions? options = null, string bootId = "boot-1", RecoveryMode mode = RecoveryMode.Strict) =>
        new(files, options, bootId, isReadOnly: false, mode);

    public static FileStore OpenReadOnly(IFileSystem files) => new(files, null, "boot-1", isReadOnly: true);

    /// <summary>One transaction: a key, and files written (content) or deleted (null).</summary>
    public void Change(string value, params IEnumerable<(string Name, string? Content)> changes)
    {
        using Transaction transaction = Store.BeginTransaction();
        KeyValue.In(transaction).Set("version", TestStore.Encode(value));
        foreach ((string name, string? content) in changes)
            Do(transaction, name, content);
        transaction.Commit();
    }

    public void Do(Transaction transaction, string name, string? content)
    {
        if (content is null)
            Files.In(transaction).Delete(name);
        else
            Files.In(transaction).Write(name, Encoding.UTF8.GetBytes(content));
    }

    public string? Read(string name) => Files.Read(name) is byte[] content ? Encoding.UTF8.GetString(content) : null;

    /// <summary>Everything, as text.</summary>
    public string Dump() =>
        $"{(KeyValue.Find("version") is KeyValueItem item ? TestStore.Decode(item.Value) : "-")}: {string.Join(' ', Files.List().Select(file => $"{file.Name}={Read(file.Name)}"))}";

    /// <summary>What lies in the directory of the files.</summary>
    public static string[] NamesIn(IFileSystem disk, string directory) => [.. disk.List(directory).Select(entry => entry.Name)];

    public void Dispose() => Store.Dispose();
}
