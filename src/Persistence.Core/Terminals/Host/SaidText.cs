using System.Text;

namespace Persistence.Terminals;

/// <summary>Makes what a program says of its terminal into something that may be kept.</summary>
internal static class SaidText
{
    private const string Scheme = "file:";
    private const string Authority = "//";
    private const string ThisHost = "localhost";

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

    /// <summary>The directory of a <c>file:</c> URI of this machine (RFC 8089). Taken apart by hand: a program may write anything, and the runtime's own class throws what it does not document on some of that.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="hostName">This machine.</param>
    /// <returns>Null for anything else.</returns>
    public static string? ToDirectory(string uri, string hostName)
    {
        if (!uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        ReadOnlySpan<char> rest = uri.AsSpan(Scheme.Length);
        if (rest.StartsWith(Authority) && !TakeHost(ref rest, hostName))
            return null;
        int end = rest.IndexOfAny('?', '#');
        string path = Uri.UnescapeDataString((end < 0 ? rest : rest[..end]).ToString());
        // "/C:/Users" is how a URI has a drive.
        if (path.Length > 2 && path[0] == '/' && char.IsAsciiLetter(path[1]) && path[2] == ':')
            path = path[1..];
        return IsDirectory(path) ? path : null;
    }

    /// <returns>False when it is another machine, or no path follows.</returns>
    private static bool TakeHost(ref ReadOnlySpan<char> rest, string hostName)
    {
        rest = rest[Authority.Length..];
        int begin = rest.IndexOf('/');
        if (begin < 0)
            return false;
        ReadOnlySpan<char> host = rest[..begin];
        rest = rest[begin..];
        return host.IsEmpty || host.Equals(ThisHost, StringComparison.OrdinalIgnoreCase) || host.Equals(hostName, StringComparison.OrdinalIgnoreCase);
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
