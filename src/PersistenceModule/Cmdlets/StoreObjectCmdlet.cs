using System.Management.Automation;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>
/// A command about things that a store holds. Its store is the one it is given; else that of the object it is about; else that of the innermost Use-WalStore. What it opens by itself stays open until another
/// directory's turn comes, or to its end.
/// </summary>
public abstract class StoreObjectCmdlet : WalCmdlet
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

    /// <summary>What the command says of how a store is opened to be changed.</summary>
    private protected virtual OptionOverrides GivenOptions => OptionOverrides.None;

    /// <summary>The store, found without opening anything.</summary>
    /// <param name="origin">The store of the object that the command is about, or null.</param>
    /// <param name="access">What for.</param>
    private protected StoreTarget FindTarget(StoreOrigin? origin, StoreAccess access)
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
    private protected WalStore OpenToChange(StoreTarget target)
    {
        WalStore store = FindOpen(target) ?? Lease(target.Directory, _ => LeaseWriter(target, GivenOptions));
        store.RequireOpen(StoreAccess.Write);
        return store;
    }

    /// <summary>The handle on a store that this process has open already, or null.</summary>
    private protected static WalStore? FindOpen(StoreTarget target) => target.Store ?? FindOpenWriter(target.Directory);

    /// <summary>Whether a store was opened by the command, and will not last longer.</summary>
    private protected bool IsLeased(WalStore store) => ReferenceEquals(store, _lease?.Store);

    /// <summary>What objects that are returned say of where they are from.</summary>
    private protected StoreOrigin OriginOf(WalStore store) => new(store.Path, IsLeased(store) ? null : store);

    /// <summary>Does something with one of the things in a store. Text that cannot be kept is a mistake of the caller.</summary>
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

    /// <summary>Whether a parameter was given, null included.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private protected override void End() => _lease?.Close();

    private protected override void Release() => _lease?.Dispose();

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
