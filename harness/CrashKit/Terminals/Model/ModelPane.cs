namespace Persistence.CrashKit.Terminals.Model;

/// <summary>A pane as it must be, without its output and what runs in it.</summary>
/// <param name="Key">The harness' number for it.</param>
/// <param name="Window">The window it is in.</param>
/// <param name="Columns">Its size.</param>
/// <param name="Rows">Its size.</param>
/// <param name="Configuration">What runs in it, as <see cref="FactSheet"/> has it.</param>
internal sealed record ModelPane(int Key, int Window, int Columns, int Rows, string Configuration)
{
    /// <summary>Its title as requests have set it; null where programs say it.</summary>
    public string? Title { get; init; }
}
