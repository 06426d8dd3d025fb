using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Engine;

namespace PersistenceModule;

/// <summary>A command about the configuration of stores, which are open or not.</summary>
public abstract class ConfigurationCmdlet : StoreCmdlet
{
    /// <summary>How a store is configured: the one that is open in this process, else as the next opening would find it.</summary>
    private protected static StoreConfiguration Read(StoreTarget target)
    {
        if (FindHandle(target) is not WalStore store)
            return WalStore.ReadConfiguration(target.Directory);
        store.RequireOpen(StoreAccess.Read);
        return store.Engine.GetConfiguration();
    }

    /// <summary>Changes the file. A handle that this process has open on the store takes what it says now at once; others within seconds.</summary>
    private protected void Change(StoreTarget target, Action<StoreHost> change)
    {
        WalStore? handle = FindHandle(target);
        handle?.RequireOpen(StoreAccess.Read);
        WalStore.ChangeConfiguration(target.Directory, host => change(host with { StopWaiting = StopToken }));
        if (handle is { IsReadOnly: false })
            handle.Engine.ReloadConfiguration();
    }

    private protected void Write(StoreTarget target, StoreConfiguration configuration, Func<ConfigurationKey, bool> isWanted)
    {
        foreach (ConfiguredValue value in configuration.Values.Where(value => isWanted(value.Key)))
            WriteObject(new WalConfiguration(target.Directory, value));
    }

    /// <summary>The keys that names with wildcards stand for. A name that stands for none is reported.</summary>
    private protected IReadOnlyList<ConfigurationKey> FindKeys(string[] names)
    {
        HashSet<ConfigurationKey> found = [];
        foreach (string name in names)
            ForOne(name, null, () => found.UnionWith(FindKeys(name)));
        return ConfigurationKeys.All.Where(found.Contains).ToArray();
    }

    private static IEnumerable<ConfigurationKey> FindKeys(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
            return (ConfigurationKey[])[ConfigurationKeys.Require(name)];
        WildcardPattern pattern = Patterns.Compile(name, WildcardOptions.IgnoreCase);
        return ConfigurationKeys.All.Where(key => pattern.IsMatch(key.FullName));
    }

    private static WalStore? FindHandle(StoreTarget target) => target.Store ?? FindOpenWriter(target.Directory);
}
