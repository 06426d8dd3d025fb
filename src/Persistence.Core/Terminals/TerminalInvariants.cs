namespace Persistence.Terminals;

/// <summary>What holds of every state of terminals: checked after a recovery.</summary>
internal static class TerminalInvariants
{
    /// <summary>One sentence per violation.</summary>
    public static IEnumerable<string> FindViolations(TerminalVersion version)
    {
        TerminalTree tree = version.Tree;
        return [.. tree.Sessions.Values.SelectMany(session => OfSession(tree, session)), .. tree.Windows.Values.SelectMany(window => OfWindow(tree, window)), .. tree.Panes.Values.SelectMany(pane => OfPane(version, pane)), .. OfOutput(version)];
    }

    private static IEnumerable<string> OfSession(TerminalTree tree, TerminalSession session)
    {
        if (session.Id.Value >= tree.Next.Session)
            yield return $"the session {session.Id} has an id that was not given out";
        if (!tree.Names.TryGetValue(session.Name, out SessionId named) || named != session.Id)
            yield return $"the session {session.Id} is not found by its name";
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

    private static IEnumerable<string> OfOutput(TerminalVersion version)
    {
        foreach (Scrollback output in version.Output.Values)
        {
            if (!version.Tree.Panes.ContainsKey(output.Pane))
                yield return $"there is output of pane {output.Pane}, which is not there";
            long end = output.Begin;
            foreach (ScrollbackChunk chunk in output.Chunks)
            {
                if (chunk.Position < end)
                    yield return $"the output of pane {output.Pane} has {chunk.Position} twice";
                end = chunk.End;
            }

            if (output.TailPosition < end)
                yield return $"the output of pane {output.Pane} has {output.TailPosition} twice";
        }
    }
}
