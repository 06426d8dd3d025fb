using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PersistenceModule;

/// <summary>The stores that Use-WalStore has made current, per runspace, innermost last. Each runspace works on its own list.</summary>
internal static class StoreScopes
{
    private static readonly ConditionalWeakTable<Runspace, List<WalStore>> s_scopes = new();

    /// <summary>The innermost store of this runspace, or null.</summary>
    public static WalStore? Current => Scopes is { Count: > 0 } scopes ? scopes[^1] : null;

    /// <summary>All of this runspace, innermost first.</summary>
    public static IEnumerable<WalStore> All => (Scopes ?? []).AsEnumerable().Reverse();

    private static List<WalStore>? Scopes =>
        Runspace.DefaultRunspace is Runspace runspace ? s_scopes.GetOrCreateValue(runspace) : null;

    /// <summary>Makes a store current; the list is returned for <see cref="Leave"/>, which may run on another thread.</summary>
    public static List<WalStore> Enter(WalStore store)
    {
        List<WalStore> scopes = Scopes ?? [];
        scopes.Add(store);
        return scopes;
    }

    /// <summary>Takes a store back, wherever in the list it is.</summary>
    public static void Leave(List<WalStore> scopes, WalStore store)
    {
        int index = scopes.LastIndexOf(store);
        if (index >= 0)
            scopes.RemoveAt(index);
    }
}
