namespace Persistence.Terminals;

/// <summary>What holds of every state of terminals: checked after a recovery.</summary>
internal static class TerminalInvariants
{
    /// <summary>One sentence per violation.</summary>
    public static string[] FindViolations(TerminalVersion version)
    {
        TerminalTree tree = version.Tree;
        return
        [
            .. tree.Names.Count == tree.Sessions.Count ? [] : (string[])["there are names of sessions that are not there"],
            .. tree.Sessions.Values.SelectMany(session => OfSession(tree, session)),
            .. tree.Windows.Values.SelectMany(window => OfWindow(tree, window)),
            .. tree.Panes.Values.SelectMany(pane => OfPane(version, pane)),
            .. version.Output.SelectMany(output => OfOutput(tree, output.Key, output.Value)),
        ];
    }

    private static IEnumerable<string> OfSession(TerminalTree tree, TerminalSession session)
    {
        if (session.Id.Value >= tree.Next.Session)
            yield return $"the session {session.Id} has an id that was not given out";
        if (!tree.Names.TryGetValue(session.Name, out SessionId named) || named != session.Id)
            yield return $"the session {session.Id} is not found by its name";
        if (session.Windows.Any(window => !tree.Windows.TryGetValue(window.Value, out TerminalWindow? found) || found.Session != session.Id || found.Index != window.Key))
            yield return $"the session {session.Id} has a window that is not in it";
        if (session.Windows.IsEmpty ? session.ActiveWindow != WindowId.None : !session.Windows.ContainsValue(session.ActiveWindow))
            yield return $"the active window of session {session.Id} is {session.ActiveWindow}, which it does not have";
    }

    private static IEnumerable<string> OfWindow(TerminalTree tree, TerminalWindow window)
    {
        if (window.Id.Value >= tree.Next.Window)
            yield return $"the window {window.Id} has an id that was not given out";
        if (!tree.Sessions.TryGetValue(window.Session, out TerminalSession? session) || session.Windows.GetValueOrDefault(window.Index) != window.Id)
            yield return $"the window {window.Id} is not in the session that it says";
        if (window.Panes.Count == 0 ? window.ActivePane != PaneId.None : !window.Panes.Contains(window.ActivePane))
            yield return $"the active pane of window {window.Id} is {window.ActivePane}, which it does not have";
        if (window.Panes.Distinct().Count() != window.Panes.Count || window.Panes.Any(pane => !tree.Panes.TryGetValue(pane, out TerminalPane? found) || found.Window != window.Id))
            yield return $"the layout of window {window.Id} is not of its panes";
    }

    private static IEnumerable<string> OfPane(TerminalVersion version, TerminalPane pane)
    {
        if (pane.Id.Value >= version.Tree.Next.Pane)
            yield return $"the pane {pane.Id} has an id that was not given out";
        if (!version.Tree.Windows.TryGetValue(pane.Window, out TerminalWindow? window) || !window.Panes.Contains(pane.Id))
            yield return $"the pane {pane.Id} is not in the window that it says";
        if (!version.Output.ContainsKey(pane.Id))
            yield return $"the pane {pane.Id} has no output";
    }

    private static IEnumerable<string> OfOutput(TerminalTree tree, PaneId pane, Scrollback output)
    {
        if (!tree.Panes.ContainsKey(pane) || output.Pane != pane)
            yield return $"there is output of pane {output.Pane}, which is not there";
        if (output.Chunks.Any(chunk => chunk.Pane != pane) || output.Chunks.Sum(static chunk => (long)chunk.Length) != output.ChunkBytes || output.Chunks.Sum(static chunk => (long)chunk.LineFeeds) != output.ChunkLineFeeds)
            yield return $"the output of pane {pane} is not what its chunks are";
        long end = 0;
        foreach ((long position, long next) in output.Chunks.Select(static chunk => (chunk.Position, chunk.End)).Append((output.TailPosition, output.End)))
        {
            if (position < end)
                yield return $"the output of pane {pane} has {position} twice";
            end = next;
        }
    }
}
