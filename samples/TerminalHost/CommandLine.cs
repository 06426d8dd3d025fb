namespace Persistence.Samples.TerminalHost;

/// <summary>What it was started with.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Target">To serve: the store's directory; else a pane or a request, or empty.</param>
/// <param name="Rest">Further words.</param>
internal sealed record CommandLine(string Verb, string Target, IReadOnlyList<string> Rest)
{
    public const string ServeVerb = "serve";

    private const string Usage = """
        Usage:
          TerminalHost serve DIRECTORY [--create] [--socket PATH] [--stdio]
          TerminalHost tree                --socket PATH     sessions, windows and panes
          TerminalHost send PANE TEXT…     --socket PATH     types a line
          TerminalHost read PANE           --socket PATH     prints what is kept of its output
          TerminalHost request JSON        --socket PATH     any request (README.md), and its answer
        """;

    /// <summary>The socket, or null.</summary>
    public string? Socket { get; private init; }

    /// <summary>Whether requests come over standard input and answers go to standard output.</summary>
    public bool Stdio { get; private init; }

    /// <summary>Whether the store is created when it is missing.</summary>
    public bool Creates { get; private init; }

    /// <exception cref="UsageException">It says nothing that can be done.</exception>
    public static CommandLine Parse(string[] args)
    {
        List<string> words = [];
        CommandLine line = new("", "", []);
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--socket" && i + 1 < args.Length)
                line = line with { Socket = args[++i] };
            else if (args[i] == "--stdio")
                line = line with { Stdio = true };
            else if (args[i] == "--create")
                line = line with { Creates = true };
            else
                words.Add(args[i]);
        }

        return Require(line with { Verb = words.FirstOrDefault(""), Target = words.ElementAtOrDefault(1) ?? "", Rest = [.. words.Skip(2)] });
    }

    private static CommandLine Require(CommandLine line)
    {
        bool isWhole = line.Verb switch
        {
            ServeVerb => line.Target.Length > 0 && line.Rest.Count == 0 && (line.Stdio || line.Socket is not null),
            "tree" => line.Target.Length == 0,
            "read" or "request" => line.Target.Length > 0 && line.Rest.Count == 0,
            "send" => line.Target.Length > 0,
            _ => false,
        };
        return isWhole && (line.Verb == ServeVerb || line.Socket is not null) ? line : throw new UsageException(Usage);
    }
}
