using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Persistence.Terminals;

namespace Persistence.Tests.Terminals;

/// <summary>All that a state of terminals holds, as text for comparing.</summary>
internal static class TerminalDump
{
    /// <param name="state">The state.</param>
    /// <param name="withBytes">Whether all output is read too, and its hash shown.</param>
    public static string Of(TerminalState state, bool withBytes = true)
    {
        TerminalTree tree = state.Tree;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"next {tree.Next.Session} {tree.Next.Window} {tree.Next.Pane} limits {Of(tree.Scrollback)}\n");
        foreach (TerminalSession session in tree.Sessions.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"session {session.Id} '{session.Name}' {session.Created:O} active {session.ActiveWindow} {{{string.Join(' ', session.Metadata.Select(static pair => $"{pair.Key}={pair.Value}"))}}} {{{string.Join(' ', session.Environment.Values.Select(Of))}}}\n");
            foreach (TerminalWindow window in tree.WindowsOf(session.Id))
                Append(text, state, tree, window, withBytes);
        }

        return text.ToString();
    }

    /// <summary>Bytes in the chunks of all panes that are in memory.</summary>
    public static long CountUnstored(TerminalState state) =>
        state.Tree.Panes.Keys.Sum(pane => state.FindOutput(pane)!.Scrollback.Chunks.Where(static chunk => !chunk.IsStored).Sum(static chunk => (long)chunk.Length));

    public static string Of(EnvironmentEntry entry) => $"{entry.Kind}:{entry.Name}={entry.Value}";

    public static string Of(ScrollbackLimits limits) => string.Create(CultureInfo.InvariantCulture, $"{limits.Lines}/{limits.Bytes}");

    public static string Of(PaneConfiguration configuration) =>
        $"<{configuration.Command} {string.Join(' ', configuration.Arguments)} @{configuration.WorkingDirectory} {string.Join(' ', configuration.Environment.Select(Of))} {configuration.RestoreCommand?.Command} {string.Join(' ', configuration.RestoreCommand?.Arguments ?? [])} {(configuration.Scrollback is ScrollbackLimits limits ? Of(limits) : "-")}>";

    public static string Of(PaneState state) => state.Process is PaneProcess process
        ? string.Create(CultureInfo.InvariantCulture, $"{state.Status} {state.ExitCode} {state.Signal} {process.Id} of {process.StartTime:O} {process.BootId} {process.HostName}")
        : string.Create(CultureInfo.InvariantCulture, $"{state.Status} {state.ExitCode} {state.Signal}");

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8));

    /// <summary>What of the output is kept, in which pieces, and where what is shown begins.</summary>
    public static string Of(long begin, long end, long start, IEnumerable<(long Position, int Length, int LineFeeds)> chunks, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{begin}..{end} shown {start} [{string.Join(' ', chunks)}] {hash}");

    private static void Append(StringBuilder text, TerminalState state, TerminalTree tree, TerminalWindow window, bool withBytes)
    {
        text.Append(CultureInfo.InvariantCulture, $"  window {window.Id} at {window.Index} '{window.Name}' {window.Created:O} active {window.ActivePane} {window.Layout}\n");
        foreach (TerminalPane pane in tree.PanesOf(window.Id).OrderBy(static pane => pane.Id))
        {
            Assert(pane.Window == window.Id && window.Session == tree.Windows[window.Id].Session);
            text.Append(CultureInfo.InvariantCulture, $"    pane {pane.Id} {pane.Created:O} {pane.Size} {Of(pane.Configuration)} '{pane.Title}' @{pane.WorkingDirectory} {Of(pane.State)} since {pane.StateChanged:O} {Of(state.FindOutput(pane.Id)!, withBytes)}\n");
        }
    }

    private static string Of(PaneOutput output, bool withBytes) => Of(
        output.Scrollback.Begin, output.End, output.FindStart(),
        output.Scrollback.Chunks.Select(static chunk => (chunk.Position, chunk.Length, chunk.LineFeeds)),
        withBytes ? HashOf(output.ReadAll(0)) : "");

    private static void Assert(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("The hierarchy contradicts itself.");
    }
}
