using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Storage;

namespace Persistence.Engine;

/// <summary>A store's <c>persistence.toml</c>. It need not be there.</summary>
public static class ConfigurationFile
{
    /// <summary>Its name, in the store's directory.</summary>
    public const string Name = ConfigurationText.FileName;

    /// <summary>How the next opening would find the store configured. Writes nothing; the store need not exist.</summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="given">What a program or command says, which overrides the rest; null for nothing.</param>
    /// <exception cref="ConfigurationException">The file, the environment or their values are invalid.</exception>
    /// <exception cref="StorageException">The file is there and cannot be read.</exception>
    public static StoreConfiguration Load(StoreHost host, OptionOverrides? given = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        return Resolve(host, TryRead(host.Files), given ?? OptionOverrides.None);
    }

    /// <summary>As <see cref="Load"/>, of a store that is there.</summary>
    /// <exception cref="StoreException">StoreNotFound, ConfigurationInvalid, or a failure of the files.</exception>
    public static StoreConfiguration LoadOfStore(StoreHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        StoreReader.RequireStore(host.Files, RecoveryMode.TolerateTail);
        return Load(host);
    }

    /// <summary>
    /// Changes single keys in the file, which is replaced whole and keeps everything else: comments, order, what is written by hand. A store that is open as it is configured
    /// takes them within seconds. On return the change is durable. Of several who do this at the same time each keeps what the others have changed: one waits for the other, up to ten seconds.
    /// </summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="changes">The keys with their new values; null removes the key from the file.</param>
    /// <exception cref="ConfigurationException">A value its key does not take, or something else in the file is invalid: nothing is changed.</exception>
    /// <exception cref="StoreException">StoreNotFound, LockTimeout (somebody else is changing it), or a failure of the files.</exception>
    /// <exception cref="OperationCanceledException">The wait for somebody else was given up (<see cref="StoreHost.StopWaiting"/>).</exception>
    public static void Change(StoreHost host, IReadOnlyDictionary<ConfigurationKey, object?> changes)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(changes);
        Replace(host, text => changes.Aggregate(text, static (changed, change) => Change(changed, change.Key, change.Value)));
    }

    /// <summary>Removes every key from the file, known or not, as <see cref="Change(StoreHost, IReadOnlyDictionary{ConfigurationKey, object})"/> does. Comments stay.</summary>
    /// <exception cref="ConfigurationException">The file is not TOML: it has to be mended by hand.</exception>
    /// <exception cref="StoreException">StoreNotFound, LockTimeout (somebody else is changing it), or a failure of the files.</exception>
    /// <exception cref="OperationCanceledException">The wait for somebody else was given up (<see cref="StoreHost.StopWaiting"/>).</exception>
    public static void Clear(StoreHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Replace(host, static text => TomlEditor.Clear(text, ConfigurationKeys.Sections.Contains));
    }

    private static string Change(string text, ConfigurationKey key, object? value) =>
        value is null ? TomlEditor.Remove(text, key.Section, key.Name) : TomlEditor.Set(text, key.Section, key.Name, key.Format(key.Accept(value)));

    private static void Replace(StoreHost host, Func<string, string> change)
    {
        StoreReader.RequireStore(host.Files, RecoveryMode.TolerateTail);
        using IFile changing = ConfigurationLock.Take(host);
        const int attemptsMax = 4;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                ReplaceOnce(host, change);
                return;
            }
            catch (StorageException e) when (e.Fault == StorageFault.NotFound && attempt < attemptsMax)
            {
                // A writer that was opened just now took the prepared file for a leftover.
            }
        }
    }

    private static void ReplaceOnce(StoreHost host, Func<string, string> change)
    {
        byte[]? before = TryRead(host.Files);
        string text = before is null ? "" : ConfigurationText.Decode(before);
        string changed = change(text);
        ConfigurationText.Read(changed);
        if (changed != text)
            AtomicFile.Write(host.Files, Name, EncodeReadable(changed), $"{Name}.{host.Random.NextGuid():N}");
    }

    /// <summary>What is written here can be read again.</summary>
    private static byte[] EncodeReadable(string text)
    {
        byte[] content = ConfigurationText.Encode(text);
        return content.Length <= ConfigurationText.BytesMax ? content : throw ConfigurationText.WouldBeTooLarge(content.Length);
    }

    internal static StoreConfiguration Resolve(StoreHost host, byte[]? content, OptionOverrides given) =>
        StoreConfiguration.Resolve(content is null ? null : ConfigurationText.Decode(content), host.Environment, given);

    /// <summary>The file's bytes, or null when there is none.</summary>
    internal static byte[]? TryRead(IFileSystem files)
    {
        try
        {
            using IFile file = files.Open(Name, FileIntent.Read);
            return Read(file);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return null;
        }
        catch (StorageException e) when (e.Fault == StorageFault.WrongKind)
        {
            throw ConfigurationText.NotAFile();
        }
    }

    private static byte[] Read(IFile file)
    {
        long length = file.GetLength();
        if (length > ConfigurationText.BytesMax)
            throw ConfigurationText.TooLarge(length);
        byte[] content = new byte[length];
        int read = file.Read(content, 0);
        return read == content.Length ? content : content[..read];
    }
}
