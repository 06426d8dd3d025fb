using Persistence.Configuration;

namespace Persistence.CrashKit.Worker;

/// <summary>Where a store's directories lie when they lie elsewhere: beside the store's own, under its name and a word more.</summary>
internal static class StorePlaces
{
    private const string Shared = "elsewhere";
    private static readonly string[] Suffixes = ["log", "checkpoints", "archive", Shared];

    /// <summary>Puts some of a store's directories elsewhere, each in a place of its own or all in one.</summary>
    /// <param name="options">How the store is kept.</param>
    /// <param name="storeDirectory">The store's directory.</param>
    /// <param name="random">Which, and where.</param>
    public static StoreOptions Spread(StoreOptions options, string storeDirectory, Random random)
    {
        int which = 1 + random.Next(7);
        bool isOne = random.Next(2) == 0;
        return options with
        {
            LogDirectory = PathOf("log", 1),
            CheckpointDirectory = PathOf("checkpoints", 2),
            ArchiveDirectory = PathOf("archive", 4),
        };

        string PathOf(string suffix, int bit) => (which & bit) == 0 ? "" : $"../{Path.GetFileName(storeDirectory)}.{(isOne ? Shared : suffix)}";
    }

    /// <summary>The store's directory and the places beside it that are there.</summary>
    public static IEnumerable<string> DirectoriesOf(string storeDirectory) =>
        [storeDirectory, .. Suffixes.Select(suffix => $"{storeDirectory}.{suffix}").Where(Directory.Exists)];

    /// <summary>Removes all of a store.</summary>
    public static void Delete(string storeDirectory)
    {
        foreach (string directory in DirectoriesOf(storeDirectory))
            Directory.Delete(directory, recursive: true);
    }
}
