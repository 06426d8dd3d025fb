using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>A command that works on one store after another. How it is told which, its parameters decide.</summary>
public abstract class StoresCmdlet : WalCmdlet
{
    private StoreLease? _reading;

    /// <summary>What the command was given, for the current input.</summary>
    private protected abstract StoreSelection Selection { get; }

    /// <summary>
    /// Does something with each store that was given, or with the innermost of Use-WalStore. What fails for one store is reported and
    /// does not keep the others from being worked on.
    /// </summary>
    /// <param name="access">What for.</param>
    /// <param name="work">What.</param>
    /// <param name="confirm">Asked before a store is opened; false skips it.</param>
    private protected void ForEachStore(StoreAccess access, Action<WalStore> work, Func<string, bool>? confirm = null) =>
        ForEachTarget(target =>
        {
            if (confirm is not null && !confirm(target.Directory))
                return;
            if (access == StoreAccess.Read)
                work(ToRead(target));
            else
                Write(target, work);
        });

    /// <summary>As <see cref="ForEachStore"/>, without opening anything.</summary>
    private protected void ForEachTarget(Action<StoreTarget> work)
    {
        StoreSelection selection = Selection;
        foreach (string path in selection.Paths ?? [])
            ForOne(path, null, () => EachDirectory(StorePaths.Resolve(this, path), work));
        foreach (string path in selection.LiteralPaths ?? [])
            ForOne(path, null, () => EachDirectory([StorePaths.ResolveLiteral(this, path)], work));
        IEnumerable<WalStore> stores = selection.IsEmpty ? [StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified()] : selection.Stores ?? [];
        foreach (WalStore store in stores)
            ForOne(store.Path, store.Path, () => work(new StoreTarget(store)));
    }

    private protected override void Release() => _reading?.Dispose();

    /// <summary>What was opened to be read stays open until another directory's turn comes: a pipeline of keys reads one moment's state.</summary>
    private WalStore ToRead(StoreTarget target)
    {
        // Inside a transaction a path means what the transaction sees.
        if ((target.Store ?? StoreScopes.FindTransaction(target.Directory)?.Store) is WalStore open)
        {
            open.RequireOpen(StoreAccess.Read);
            return open;
        }

        if (_reading?.Store.Path == target.Directory)
            return _reading.Store;
        _reading?.Dispose();
        _reading = null;
        using ProgressReporter progress = StartProgress($"Opening '{target.Directory}'");
        _reading = new StoreLease(StoreOpening.OpenReadOnly(this, target.Directory, progress), isOwned: true);
        return _reading.Store;
    }

    private void Write(StoreTarget target, Action<WalStore> work)
    {
        using StoreLease lease = LeaseWriter(target, OptionOverrides.None);
        lease.Store.RequireOpen(StoreAccess.Write);
        work(lease.Store);
        lease.Close();
    }

    private void EachDirectory(string[] directories, Action<StoreTarget> work)
    {
        foreach (string directory in directories)
            ForOne(directory, directory, () => work(new StoreTarget(directory, null)));
    }
}
