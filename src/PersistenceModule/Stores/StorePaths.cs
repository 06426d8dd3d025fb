using System.Collections.ObjectModel;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>Turns what the user wrote into directories of the file system, the way PowerShell does: drives, relative paths, wildcards.</summary>
internal static class StorePaths
{
    /// <summary>The existing paths a path with wildcards stands for.</summary>
    /// <exception cref="StoreException">StoreNotFound: none.</exception>
    /// <exception cref="WalCommandException">PathNotFileSystem.</exception>
    public static string[] Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            Collection<string> found = cmdlet.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            RequireFileSystem(provider, path);
            return found.Count > 0 ? [.. found] : throw NotFound(cmdlet, path);
        }
        catch (ItemNotFoundException e)
        {
            throw NotFound(cmdlet, path, e);
        }
        catch (Exception e) when (IsAboutProvider(e))
        {
            throw ErrorRecords.PathNotFileSystem(path, e);
        }
    }

    /// <summary>The one existing path a path with wildcards stands for.</summary>
    /// <exception cref="WalCommandException">PathAmbiguous, PathNotFileSystem.</exception>
    public static string ResolveOne(PSCmdlet cmdlet, string path)
    {
        string[] found = Resolve(cmdlet, path);
        return found.Length == 1 ? found[0] : throw ErrorRecords.PathAmbiguous(path, found.Length);
    }

    /// <summary>The path as it stands, whether or not it exists.</summary>
    /// <exception cref="WalCommandException">PathNotFileSystem.</exception>
    public static string ResolveLiteral(PSCmdlet cmdlet, string path) => ResolveLiteral(cmdlet.SessionState.Path, path);

    /// <summary>The path as it stands, whether or not it exists.</summary>
    /// <exception cref="WalCommandException">PathNotFileSystem.</exception>
    public static string ResolveLiteral(PathIntrinsics paths, string path)
    {
        try
        {
            string found = paths.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            RequireFileSystem(provider, path);
            return found;
        }
        catch (Exception e) when (IsAboutProvider(e))
        {
            throw ErrorRecords.PathNotFileSystem(path, e);
        }
    }

    /// <summary>As <see cref="ResolveLiteral(PSCmdlet, string)"/>, of a directory that something is to be written into.</summary>
    /// <exception cref="WalCommandException">PathNotFileSystem; DestinationInvalid: it is a file.</exception>
    public static string ResolveDestination(PSCmdlet cmdlet, string path)
    {
        string found = ResolveLiteral(cmdlet, path);
        return File.Exists(found) ? throw ErrorRecords.DestinationIsFile(found) : found;
    }

    /// <summary>Drives and locations as the user sees them, for code that is given no session: its runspace has one.</summary>
    public static PathIntrinsics CurrentPaths() =>
        (PathIntrinsics)((PSObject)ScriptBlock.Create("$ExecutionContext.SessionState.Path").InvokeReturnAsIs()).BaseObject;

    /// <summary>Whether two resolved paths are written alike but for a separator at the end.</summary>
    public static bool AreSame(string left, string right) => Path.TrimEndingDirectorySeparator(left) == Path.TrimEndingDirectorySeparator(right);

    private static bool IsAboutProvider(Exception error) =>
        error is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException or PSNotSupportedException;

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (provider.ImplementingType != typeof(FileSystemProvider))
            throw ErrorRecords.PathNotFileSystem(path);
    }

    private static StoreException NotFound(PSCmdlet cmdlet, string path, Exception? cause = null) =>
        new(StoreError.StoreNotFound, $"There is no store at '{ResolveLiteral(cmdlet, path)}': {DescribeNotFound(path)}.", cause);

    private static string DescribeNotFound(string path) => WildcardPattern.ContainsWildcardCharacters(path)
        ? "no path matches it. '*', '?', '[' and ']' are wildcards here; -LiteralPath takes a path as it is"
        : "the path does not exist";
}
