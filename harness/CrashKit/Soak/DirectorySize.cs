namespace Persistence.CrashKit.Soak;

/// <summary>How much is in a directory.</summary>
internal static class DirectorySize
{
    /// <summary>The lengths of all files in it, those in directories below included. What comes or goes meanwhile may count or not.</summary>
    public static long Of(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(LengthOf);
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
