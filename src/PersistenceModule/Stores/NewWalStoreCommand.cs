using System.Management.Automation;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>New-WalStore: creates an empty store and opens it.</summary>
[Cmdlet(VerbsCommon.New, "WalStore", SupportsShouldProcess = true)]
[OutputType(typeof(WalStore))]
public sealed class NewWalStoreCommand : StoreOptionsCmdlet
{
    /// <summary>The directory to create, or an empty one.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    private protected override object? ErrorTarget => Path;

    private protected override void Process()
    {
        OptionOverrides given = ToOverrides();
        ForOne(Path, null, () =>
        {
            string directory = StorePaths.ResolveLiteral(this, Path);
            ForOne(Path, directory, () => Create(directory, given));
        });
    }

    private void Create(string directory, OptionOverrides given)
    {
        if (!ShouldProcess(directory, "Create store"))
            return;
        WalStore.Create(directory, given, StopToken);
        WriteVerbose($"Created an empty store in '{directory}'.");
        WalStore store = OpenForWriting(directory, given);
        OpenStores.Add(store);
        WriteObject(store);
    }
}
