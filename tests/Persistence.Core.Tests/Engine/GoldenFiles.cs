using Persistence.Checkpoints;
using Persistence.Engine;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Files as a version wrote them once, kept as text beside the tests.</summary>
/// <param name="folder">The tests' folder.</param>
internal sealed class GoldenFiles(string folder)
{
    /// <summary>One of them, as text.</summary>
    public string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, folder, "Golden", $"{name}.golden")).ReplaceLineEndings("\n");

    /// <summary>A store that is made of them.</summary>
    /// <param name="files">Where each of them lies in the store, and its name.</param>
    public SimulatedFileSystem OpenStore(TheoryData<string, string> files)
    {
        StoreImage image = new();
        foreach (string directory in (string[])["wal", "checkpoints", "staging", "quarantine"])
            image.AddDirectory(directory);
        image["LOCK"] = [];
        foreach (var row in files)
            image[row.Data.Item1] = HexDump.Read(Read(row.Data.Item2));
        return image.ToFiles();
    }

    /// <summary>Of what kind the items of a checkpoint are, each of them an array that begins with its kind.</summary>
    public static List<int> KindsIn(StoreImage image, string path)
    {
        List<int> kinds = [];
        SimulatedFileSystem files = image.ToFiles();
        using IFile file = files.Open(path, FileIntent.Read);
        CheckpointReader.Open(file, PersistenceStore.GetStoreId(TestStore.HostFor(files)), long.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture)).ReadItems((_, _, item) =>
        {
            MessagePackReader reader = new(item);
            reader.ReadArrayHeader();
            kinds.Add(reader.ReadInt32());
        });
        return kinds;
    }
}
