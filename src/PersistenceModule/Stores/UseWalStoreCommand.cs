using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Use-WalStore: runs a script block whose commands find their store by themselves.</summary>
[Cmdlet(VerbsOther.Use, "WalStore", DefaultParameterSetName = UseWalStoreSets.Path)]
[OutputType(typeof(object))]
public sealed class UseWalStoreCommand : StoreOptionsCmdlet
{
    private StoreScope? _scope;
    private StoreLease? _lease;
    private SteppablePipeline? _block;
    private string? _directory;
    private bool _storesArePiped;

    /// <summary>The store's directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = UseWalStoreSets.Path)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = UseWalStoreSets.ReadOnlyPath)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UseWalStoreSets.LiteralPath)]
    [Parameter(Mandatory = true, ParameterSetName = UseWalStoreSets.ReadOnlyLiteralPath)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>An open store; it stays open.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = UseWalStoreSets.Store, ValueFromPipeline = true)]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    /// <summary>What to run; it is given the store as its argument.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = ScriptBlock.Create("");

    /// <summary>Create the store if there is none.</summary>
    [Parameter(ParameterSetName = UseWalStoreSets.Path)]
    [Parameter(ParameterSetName = UseWalStoreSets.LiteralPath)]
    public SwitchParameter Create { get; set; }

    /// <summary>Open it for reading only.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UseWalStoreSets.ReadOnlyPath)]
    [Parameter(Mandatory = true, ParameterSetName = UseWalStoreSets.ReadOnlyLiteralPath)]
    public SwitchParameter ReadOnly { get; set; }

    private protected override object? ErrorTarget => Store?.Path ?? LiteralPath ?? Path;

    private protected override string? StorePath => Store?.Path ?? _directory;

    private protected override void Begin() => _storesArePiped = MyInvocation.ExpectingInput && Store is null;

    private protected override void Process()
    {
        if (_storesArePiped && Store is { IsOpen: false })
            WriteError(ToRecord(Store.Closed(), Store.Path, Store.Path));
        else
            Use();
    }

    private void Use()
    {
        _lease = Lease();
        WalStore store = _lease.Store;
        store.RequireOpen(StoreAccess.Read);
        _scope = StoreScopes.Enter(store);
        Run(store);
        _scope.Leave();
        _scope = null;
        _lease.Close();
        _lease = null;
    }

    private protected override void Release()
    {
        _scope?.Leave();
        _block?.Dispose();
        _lease?.Dispose();
    }

    /// <summary>Output goes down the pipeline while the block runs. The block runs in its caller's scope, like ForEach-Object's.</summary>
    private void Run(WalStore store)
    {
        _block = ScriptBlock.Create("param($block, $store) . $block $store").GetSteppablePipeline(MyInvocation.CommandOrigin, [ScriptBlock, store]);
        try
        {
            _block.Begin(this);
            _block.End();
        }
        catch (RuntimeException e)
        {
            ScriptErrors.KeepPlace(e);
            throw;
        }

        _block.Dispose();
        _block = null;
    }

    private StoreLease Lease()
    {
        if (Store is not null)
            return new StoreLease(Store, isOwned: false);
        string directory = _directory = Resolve();
        if (ReadOnly)
            return new StoreLease(OpenForReading(directory), isOwned: true);
        return FindOpenWriter(directory) is WalStore open
            ? new StoreLease(open, isOwned: false)
            : new StoreLease(Create ? OpenOrCreate(directory, ToOverrides()) : OpenForWriting(directory, ToOverrides()), isOwned: true);
    }

    private string Resolve()
    {
        if (LiteralPath is not null)
            return StorePaths.ResolveLiteral(this, LiteralPath);
        return Create ? StorePaths.ResolveLiteral(this, Path!) : StorePaths.ResolveOne(this, Path!);
    }
}
