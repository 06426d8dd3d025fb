using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>
/// A command about terminals. Its store is the one it is given; else that of the object it is about; else that of the innermost Use-WalStore. What it opens by itself stays open until another
/// directory's turn comes, or to its end.
/// </summary>
public abstract class TerminalCmdlet : WalCmdlet
{
    private StoreLease? _lease;
    private string? _directory;

    /// <summary>The store's directory; wildcards are resolved.</summary>
    [Parameter(ParameterSetName = ParameterSets.Path)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>An open store.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Store, ValueFromPipeline = true)]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    private protected override object? ErrorTarget => Store?.Path ?? LiteralPath ?? Path;

    private protected override string? StorePath => Store?.Path ?? _directory;

    /// <summary>Where programs start for which nobody says where: the user's location in the file system.</summary>
    private protected string CurrentDirectory => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>The store, found without opening anything.</summary>
    /// <param name="origin">The store of the object that the command is about, or null.</param>
    /// <param name="access">What for.</param>
    private protected StoreTarget FindTarget(TerminalOrigin? origin, StoreAccess access)
    {
        StoreTarget? given = FindGiven();
        if (given is not null && origin is not null && !StorePaths.AreSame(given.Directory, origin.StorePath))
            throw ErrorRecords.OriginAmbiguous(given.Directory, origin.StorePath);
        return given ?? origin?.For(access) ?? new StoreTarget(StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified());
    }

    /// <summary>The store, to be looked at: a handle of this process that writes it knows most.</summary>
    private protected WalStore ToRead(StoreTarget target)
    {
        if (FindOpen(target) is not WalStore open)
            return Lease(target.Directory, OpenToRead);
        open.RequireOpen(StoreAccess.Read);
        return open;
    }

    /// <summary>The store, to be changed.</summary>
    private protected WalStore ToChange(StoreTarget target)
    {
        RequireNoTransaction(target);
        WalStore store = FindOpen(target) ?? Lease(target.Directory, _ => LeaseWriter(target, OptionOverrides.None));
        store.RequireOpen(StoreAccess.Write);
        return store;
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

    /// <summary>Does something with one session, window or pane. Text that cannot be kept is a mistake of the caller.</summary>
    private protected void ForOneOf(string what, StoreTarget target, Action work) => ForOne(what, target.Directory, () =>
    {
        try
        {
            work();
        }
        catch (ArgumentException e)
        {
            throw ErrorRecords.ArgumentInvalid(e);
        }
    });

    /// <summary>Changes one session, window or pane, if that is wanted: asked before the store is opened.</summary>
    private protected void Change(TerminalOrigin? origin, string what, string action, Action<WalStore> change)
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
    private protected TerminalView View(WalStore store) => new(store, isLasting: !ReferenceEquals(store, _lease?.Store));

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
        if (ReferenceEquals(store, _lease?.Store))
        {
            WriteWarning($"The values of {names} look like secrets and are kept nowhere: programs that are started later do not get them. Give them while the store is open (Open-WalStore), or keep them with -PersistSecret.");
            return;
        }

        WriteVerbose($"The values of {names} look like secrets: programs get them as long as this handle is open, and they are not kept.");
        keep(store.Panes.RequireHost(CurrentDirectory));
    }

    /// <summary>Whether a parameter was given, null included.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private protected override void End() => _lease?.Close();

    private protected override void Release() => _lease?.Dispose();

    private static WalStore? FindOpen(StoreTarget target) => target.Store ?? FindOpenWriter(target.Directory);

    private StoreTarget? FindGiven()
    {
        if (Store is not null)
            return new StoreTarget(Store);
        if (LiteralPath is not null)
            return new StoreTarget(_directory ??= StorePaths.ResolveLiteral(this, LiteralPath), null);
        return Path is null ? null : new StoreTarget(_directory ??= StorePaths.ResolveOne(this, Path), null);
    }

    private WalStore Lease(string directory, Func<string, StoreLease> open)
    {
        if (_lease is not null && StorePaths.AreSame(_lease.Store.Path, directory))
            return _lease.Store;
        _lease?.Close();
        _lease?.Dispose();
        _lease = null;
        return (_lease = open(directory)).Store;
    }

    private StoreLease OpenToRead(string directory)
    {
        using ProgressReporter progress = StartProgress($"Opening '{directory}'");
        return new StoreLease(StoreOpening.OpenReadOnly(this, directory, progress), isOwned: true);
    }
}
