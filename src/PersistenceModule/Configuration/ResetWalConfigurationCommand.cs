using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Engine;

namespace PersistenceModule;

/// <summary>Reset-WalConfiguration: takes keys out of the files that configure stores.</summary>
[Cmdlet(VerbsCommon.Reset, "WalConfiguration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(WalConfiguration))]
public sealed class ResetWalConfigurationCommand : ConfigurationCmdlet
{
    private IReadOnlyList<ConfigurationKey> _keys = ConfigurationKeys.All;

    /// <summary>Names of keys; wildcards. All keys when there is none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ConfigurationNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Return the keys as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Begin()
    {
        if (Name is not null)
            _keys = FindKeys(Name);
    }

    private protected override void Process() => ForEachTarget(target =>
    {
        if (_keys.Count == 0 || !ShouldProcess(target.Directory, Name is null ? "Reset all keys" : $"Reset {string.Join(", ", _keys)}"))
            return;
        Change(target, Reset);
        if (PassThru)
            Write(target, Read(target), _keys.Contains);
    });

    private void Reset(StoreHost host)
    {
        if (Name is null)
            ConfigurationFile.Clear(host);
        else
            ConfigurationFile.Change(host, _keys.ToDictionary(key => key, _ => (object?)null));
    }
}
