using System.Management.Automation;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>Get-WalConfiguration: shows how stores are configured, key by key.</summary>
[Cmdlet(VerbsCommon.Get, "WalConfiguration", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalConfiguration))]
public sealed class GetWalConfigurationCommand : ConfigurationCmdlet
{
    private IReadOnlyList<ConfigurationKey> _keys = ConfigurationKeys.All;

    /// <summary>Names of keys; wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ConfigurationNameCompleter))]
    public string[]? Name { get; set; }

    private protected override void Begin()
    {
        if (Name is not null)
            _keys = FindKeys(Name);
    }

    private protected override void Process() => ForEachTarget(target => Write(target, Read(target), _keys.Contains));
}
