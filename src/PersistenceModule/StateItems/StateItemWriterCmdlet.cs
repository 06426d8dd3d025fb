using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>A command that changes state items.</summary>
public abstract class StateItemWriterCmdlet : WriterCmdlet
{
    /// <summary>The key.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string Key { get; set; } = "";

    /// <summary>The store's directory.</summary>
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
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Store)]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    /// <summary>Return the item.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override (string? Path, string? LiteralPath, WalStore? Store) Selection => (Path, LiteralPath, Store);

    /// <summary>Does it for one key.</summary>
    private protected abstract void ProcessKey();

    private protected abstract string Action { get; }

    private protected override void Process()
    {
        try
        {
            KeyRules.Require(Key);
            // Asked before the store is opened: opening for writing writes.
            if (ShouldProcess($"{Key} ({Target.Directory})", Action))
                ProcessKey();
        }
        catch (StoreException e) when (e.Error is StoreError.ValueNotSupported or StoreError.RecordTooLarge)
        {
            WriteError(ErrorRecords.From(e, Key));
        }
        catch (WalCommandException e) when (e.ErrorId is ErrorIds.KeyInvalid or ErrorIds.StateItemNotFound)
        {
            WriteError(ErrorRecords.From(e, Key));
        }
    }
}
