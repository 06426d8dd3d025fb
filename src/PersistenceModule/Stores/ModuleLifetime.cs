using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Closes the handles that are still open when the module is removed, so that the stores need no recovery.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnImport() => AppDomain.CurrentDomain.ProcessExit += CloseAll;

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        AppDomain.CurrentDomain.ProcessExit -= CloseAll;
        OpenStores.CloseAll();
    }

    private static void CloseAll(object? sender, EventArgs e) => OpenStores.CloseAll();
}
