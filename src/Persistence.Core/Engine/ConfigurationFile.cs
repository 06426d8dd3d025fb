using Persistence.Configuration;
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
