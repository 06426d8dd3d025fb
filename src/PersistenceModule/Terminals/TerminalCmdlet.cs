using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A command about terminals.</summary>
public abstract class TerminalCmdlet : StoreObjectCmdlet
{
    /// <summary>Where programs start for which nobody says where: the user's location in the file system.</summary>
    private protected string CurrentDirectory => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>The store, to be changed.</summary>
    private protected WalStore ToChange(StoreTarget target)
    {
        RequireNoTransaction(target);
        return OpenToChange(target);
    }

    /// <summary>The store, whose programs are to be talked to: they run only as long as it is open.</summary>
    private protected static WalStore ToTalk(StoreTarget target)
    {
        WalStore store = FindOpen(target) ?? throw ErrorRecords.StoreNotOpenToRun(target.Directory);
        store.RequireOpen(StoreAccess.Write);
        return store;
    }

    /// <summary>The store, in which programs are to be started.</summary>
    private protected static WalStore ToRun(StoreTarget target)
    {
        RequireNoTransaction(target);
        return ToTalk(target);
    }

    /// <summary>Terminals are not part of transactions, and what is done with them could not be undone: better refused than done at once unnoticed.</summary>
    private protected static void RequireNoTransaction(StoreTarget target)
    {
        if (StoreScopes.FindTransaction(target.Directory) is not null)
            throw ErrorRecords.TransactionNotSupported();
    }

    /// <summary>Changes one session, window or pane, if that is wanted: asked before the store is opened.</summary>
    private protected void Change(StoreOrigin? origin, string what, string action, Action<WalStore> change)
    {
        StoreTarget target = FindTarget(origin, StoreAccess.Write);
        ForOneOf(what, target, () =>
        {
            RequireNoTransaction(target);
            if (ShouldProcess($"{what} ({target.Directory})", action))
                change(ToChange(target));
        });
    }

    /// <summary>What there is in a store, to be returned.</summary>
    private protected TerminalView View(WalStore store) => new(store, OriginOf(store));

    /// <summary>Commits one change.</summary>
    private protected static void Commit(WalStore store, Action<TerminalBatch> change)
    {
        TerminalBatch batch = store.Panes.State.CreateBatch();
        change(batch);
        if (batch.Count > 0)
            store.Panes.Commit(batch);
    }

    /// <summary>Has the host remember what is kept nowhere else; where no host will last it is lost, and that is said.</summary>
    /// <param name="store">The store.</param>
    /// <param name="secrets">Values by name.</param>
    /// <param name="keep">Tells the host.</param>
    private protected void KeepSecrets(WalStore store, IReadOnlyDictionary<string, string> secrets, Action<PaneHost> keep)
    {
        if (secrets.Count == 0)
            return;
        string names = string.Join(", ", secrets.Keys.Order(StringComparer.Ordinal));
        if (IsLeased(store))
        {
            WriteWarning($"The values of {names} look like secrets and are kept nowhere: programs that are started later do not get them. Give them while the store is open (Open-WalStore), or keep them with -PersistSecret.");
            return;
        }

        WriteVerbose($"The values of {names} look like secrets: programs get them as long as this handle is open, and they are not kept.");
        keep(store.Panes.RequireHost(CurrentDirectory));
    }
}
