using System.Collections.Concurrent;

namespace PersistenceModule;

/// <summary>The handles this process has open because somebody asked for one: Get-WalStore lists them, unloading the module closes them. Thread-safe.</summary>
internal static class OpenStores
{
    private static readonly ConcurrentDictionary<WalStore, byte> s_stores = new(ReferenceEqualityComparer.Instance);

    /// <summary>The handles, in order of their paths.</summary>
    public static IReadOnlyList<WalStore> All =>
        s_stores.Keys.Where(store => store.IsOpen).OrderBy(store => store.Path, StringComparer.Ordinal).ToArray();

    public static void Add(WalStore store) => s_stores.TryAdd(store, 0);

    public static void Remove(WalStore store) => s_stores.TryRemove(store, out _);

    /// <summary>The handle that is open for writing on a directory, or null.</summary>
    public static WalStore? FindWriter(string directory) => All.FirstOrDefault(store => !store.IsReadOnly && IsAt(store, directory));

    /// <summary>Whether a handle's directory is the one at a path.</summary>
    public static bool IsAt(WalStore store, string directory) => StorePaths.AreSame(store.Path, directory);

    /// <summary>Closes all of them. A courtesy: what was acknowledged is in the log already.</summary>
    public static void CloseAll()
    {
        foreach (WalStore store in All)
            store.Dispose();
    }
}
