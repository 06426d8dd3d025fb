using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>A command that writes its pipeline into one store, opened when the first item needs it and closed at the end.</summary>
public abstract class WriterCmdlet : WalCmdlet
{
    private StoreLease? _lease;

    /// <summary>How long to wait for another writer to leave when the store is given by path; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    /// <summary>What the command was given to find its store by.</summary>
    private protected abstract (string? Path, string? LiteralPath, WalStore? Store) Selection { get; }

    private protected override object? ErrorTarget => Selection.Store?.Path ?? Selection.LiteralPath ?? Selection.Path;

    /// <summary>The directory that will be written to, found without opening anything.</summary>
    private protected StoreTarget Target => Selection switch
    {
        { Store: WalStore store } => new StoreTarget(store),
        { LiteralPath: string path } => new StoreTarget(StorePaths.ResolveLiteral(this, path), null),
        { Path: string path } => new StoreTarget(StorePaths.ResolveOne(this, path), null),
        _ => new StoreTarget(StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified()),
    };

    /// <summary>The store, open for writing.</summary>
    private protected WalStore RequireStore()
    {
        WalStore store = (_lease ??= Lease()).Store;
        store.RequireOpen(StoreAccess.Write);
        return store;
    }

    private protected override void End() => _lease?.Close();

    private protected override void Release() => _lease?.Dispose();

    private StoreLease Lease()
    {
        StoreTarget target = Target;
        if ((target.Store ?? StoresCmdlet.FindOpenWriter(target.Directory)) is WalStore open)
            return new StoreLease(open, isOwned: false);
        using ProgressReporter progress = StartProgress($"Opening '{target.Directory}'");
        StoreOptions options = new() { LockTimeoutMs = DurationTransformationAttribute.ToMilliseconds(LockTimeout) };
        return new StoreLease(StoreOpening.Open(this, target.Directory, options, progress, RecoveryMode.Strict, StopToken), isOwned: true);
    }
}
