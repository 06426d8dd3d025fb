using Persistence.Recovery;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>For people: a line each.</summary>
internal sealed class TextAnnouncements(TextWriter output) : IAnnouncements
{
    public void Opened(RecoveryReport report) =>
        output.WriteLine(report.WasClean ? "The store was closed cleanly." : $"The store was not closed: {report.RecordsReplayed} records were replayed.");

    public void Restored(PaneRestoration pane)
    {
        string place = $"pane {pane.Pane} ({pane.Session}, window {pane.WindowIndex})";
        output.WriteLine($"{place}: {Describe(pane)}{(pane.Warning is null ? "" : $" {pane.Warning}")}");
    }

    public void Serving(string? socket) => output.WriteLine(socket is null ? "Serving." : $"Serving at {socket}.");

    private static string Describe(PaneRestoration pane)
    {
        if (pane.Error is not null)
            return $"could not be started. {pane.Error.Message}";
        return pane.IsSpawned ? $"{pane.Command} runs as process {pane.ProcessId} in {pane.Directory}." : $"{pane.Command} had exited with {pane.ExitCode}, and is left so.";
    }
}
