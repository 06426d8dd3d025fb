using System.Collections;
using System.Management.Automation;

namespace PersistenceModule;

/// <summary>
/// The store a command line speaks of, for completion: the handle it names, one that is open at the path it names, or else a quick look at that
/// path; with neither, the store of Use-WalStore. Whatever goes wrong, nothing is offered and nothing is thrown.
/// </summary>
internal static class CompletionStore
{
    /// <summary>What is found in the store; nothing where there is none that can be read quickly.</summary>
    public static T[] Read<T>(IDictionary boundParameters, Func<WalStore, IEnumerable<T>> read) => Read(boundParameters, read, read);

    /// <summary>What is found in the store, in one way if it is open and in another if it is not.</summary>
    public static T[] Read<T>(IDictionary boundParameters, Func<WalStore, IEnumerable<T>> readOpen, Func<WalStore, IEnumerable<T>> readLook) => OrNothing<T>(() =>
    {
        if (First(boundParameters[ParameterSets.LiteralPath]) is string literal)
            return ReadAt(literal, readOpen, readLook);
        // Finding what a pattern stands for may take long.
        if (First(boundParameters[ParameterSets.Path]) is string path)
            return WildcardPattern.ContainsWildcardCharacters(path) ? [] : ReadAt(path, readOpen, readLook);
        return FindHandle(boundParameters) is { IsOpen: true } store ? [.. readOpen(store)] : [];
    });

    /// <summary>What a quick look at a store's files finds.</summary>
    public static T[] Look<T>(string directory, Func<WalStore, IEnumerable<T>> read) => OrNothing(() =>
    {
        using WalStore store = WalStore.OpenToLook(directory);
        return read(store).ToArray();
    });

    private static T[] OrNothing<T>(Func<T[]> find)
    {
        try
        {
            return find();
        }
#pragma warning disable CA1031 // A completer that throws disturbs the user's typing, whatever the reason.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    private static T[] ReadAt<T>(string path, Func<WalStore, IEnumerable<T>> readOpen, Func<WalStore, IEnumerable<T>> readLook)
    {
        string directory = StorePaths.ResolveLiteral(StorePaths.CurrentPaths(), path);
        return FindOpen(directory) is WalStore store ? [.. readOpen(store)] : Look(directory, readLook);
    }

    private static WalStore? FindOpen(string directory) =>
        WalCmdlet.FindOpenWriter(directory) ?? OpenStores.All.FirstOrDefault(store => OpenStores.IsAt(store, directory));

    private static WalStore? FindHandle(IDictionary boundParameters) =>
        First(boundParameters[ParameterSets.Store]) is object given ? given as WalStore : StoreScopes.Current;

    private static object? First(object? given)
    {
        object? value = (given as PSObject)?.BaseObject ?? given;
        return value is IList { Count: > 0 } list ? First(list[0]) : value;
    }
}
