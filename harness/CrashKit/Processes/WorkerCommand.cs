using System.Diagnostics;
using System.Text;

namespace Persistence.CrashKit.Processes;

/// <summary>How a process is started: a program, its arguments, and what is added to the environment.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Variables added to this process's own.</param>
public sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Takes a command line apart: words at spaces, double or single quotes around what belongs together. No shell is involved.</summary>
    /// <exception cref="ArgumentException">It names no program, or a quote is not closed.</exception>
    public static WorkerCommand Parse(string commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        List<string> words = Split(commandLine);
        return words.Count == 0 || words[0].Length == 0
            ? throw new ArgumentException("The command names no program.")
            : new WorkerCommand(words[0], [.. words.Skip(1)], new Dictionary<string, string>());
    }

    /// <summary>The same with more arguments and variables.</summary>
    public WorkerCommand With(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment) => this with
    {
        Arguments = [.. Arguments, .. arguments],
        Environment = new Dictionary<string, string>(Environment.Concat(environment).DistinctBy(pair => pair.Key)),
    };

    /// <summary>The same, started by another program that becomes it.</summary>
    internal WorkerCommand StartedBy(string program) => this with { Program = program, Arguments = [Program, .. Arguments] };

    internal ProcessStartInfo ToStartInfo()
    {
        ProcessStartInfo start = new(Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        foreach (string argument in Arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in Environment)
            start.Environment[name] = value;
        return start;
    }

    private static List<string> Split(string commandLine)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        char quote = '\0';
        foreach (char c in commandLine)
        {
            if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else
                    word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0')
            throw new ArgumentException($"A {quote} is not closed: {commandLine}");
        if (inWord)
            words.Add(word.ToString());
        return words;
    }
}
