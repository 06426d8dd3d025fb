using System.Text;

namespace Persistence.Terminals;

/// <summary>Makes what a program says of its terminal into something that may be kept.</summary>
internal static class SaidText
{
    /// <summary>A title without control characters and not too long.</summary>
    public static string ToTitle(string said)
    {
        StringBuilder title = new();
        foreach (Rune rune in said.EnumerateRunes())
        {
            if (title.Length + rune.Utf16SequenceLength > TerminalText.TitleCharsMax)
                break;
            if (!Rune.IsControl(rune))
                title.Append(rune.ToString());
        }

        return title.ToString();
    }

    /// <summary>The directory of a <c>file:</c> URI of this machine.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="hostName">This machine.</param>
    /// <returns>Null for anything else.</returns>
    public static string? ToDirectory(string uri, string hostName)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) || parsed.Scheme != Uri.UriSchemeFile)
            return null;
        if (parsed.Host.Length > 0 && !parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !parsed.Host.Equals(hostName, StringComparison.OrdinalIgnoreCase))
            return null;
        string path = Uri.UnescapeDataString(parsed.AbsolutePath);
        // "/C:/Users" is how a URI has a drive.
        if (path.Length > 2 && path[0] == '/' && char.IsAsciiLetter(path[1]) && path[2] == ':')
            path = path[1..];
        return IsDirectory(path) ? path : null;
    }

    /// <summary>Whether a path can be kept as that of a directory of this system: one of another system is nowhere here.</summary>
    public static bool IsDirectory(string path)
    {
        try
        {
            TerminalText.RequirePath(path, "working directory");
            return Path.IsPathFullyQualified(path);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
