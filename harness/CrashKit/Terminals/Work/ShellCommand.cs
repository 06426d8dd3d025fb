using Persistence.CrashKit.Terminals.Output;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A line that is typed into a shell, and what comes of it.</summary>
/// <param name="Text">What is typed, without the end of the line.</param>
/// <param name="Parts">What is written: first a line of its own that begins with a byte which nothing else writes.</param>
internal sealed record ShellCommand(string Text, IReadOnlyList<OutputPart> Parts)
{
    /// <summary>The exit code that the shell ends with; null: it goes on.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The directory it goes to, or null.</summary>
    public string? Directory { get; init; }

    /// <summary>The title it says, or null.</summary>
    public string? Title { get; init; }

    /// <summary>Whether it writes very much, and is to be interrupted.</summary>
    public bool IsFlood { get; init; }
}
