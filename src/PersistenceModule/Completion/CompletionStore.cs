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
        string? directory = FindDirectory(boundParameters);
        WalStore? open = directory is null ? FindHandle(boundParameters) : FindOpen(directory);
        if (open is not null)
            return open.IsOpen ? [.. readOpen(open)] : [];
        return directory is null ? [] : Look(directory, readLook);
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

    private static WalStore? FindOpen(string directory) =>
        StoresCmdlet.FindOpenWriter(directory) ?? OpenStores.All.FirstOrDefault(store => OpenStores.IsAt(store, directory));

    private static WalStore? FindHandle(IDictionary boundParameters) =>
        First(boundParameters[ParameterSets.Store]) is object given ? given as WalStore : StoreScopes.Current;

    /// <summary>Finding what a pattern stands for may take long: a path with wildcards is none.</summary>
    private static string? FindDirectory(IDictionary boundParameters)
    {
        string? path = First(boundParameters[ParameterSets.LiteralPath]) as string;
        if (path is null && First(boundParameters[ParameterSets.Path]) is string given)
            path = WildcardPattern.ContainsWildcardCharacters(given) ? throw ErrorRecords.PathNotFileSystem(given) : given;
        return path is null ? null : StorePaths.ResolveLiteral(CurrentPaths(), path);
    }

    /// <summary>Drives and locations as the user sees them. A completer is given no session; its runspace has one.</summary>
    private static PathIntrinsics CurrentPaths() =>
        (PathIntrinsics)((PSObject)ScriptBlock.Create("$ExecutionContext.SessionState.Path").InvokeReturnAsIs()).BaseObject;

    private static object? First(object? given)
    {
        object? value = (given as PSObject)?.BaseObject ?? given;
        return value is IList { Count: > 0 } list ? First(list[0]) : value;
    }
}
