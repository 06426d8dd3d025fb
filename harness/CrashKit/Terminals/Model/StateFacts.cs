using System.Globalization;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>The facts of a tree that was found in a store.</summary>
internal static class StateFacts
{
    /// <param name="tree">The tree.</param>
    /// <param name="judgesTitle">Whether a pane's title is among the facts.</param>
    public static FactSheet Of(TerminalTree tree, Predicate<PaneId> judgesTitle)
    {
        FactSheet sheet = new();
        foreach (TerminalSession session in tree.Sessions.Values)
            sheet.AddSession(Text(session.Id.Value), session.Name, Text(session.ActiveWindow.Value), session.Metadata, session.Environment.Select(static one => KeyValuePair.Create(one.Key, TextOf(one.Value))));
        foreach (TerminalWindow window in tree.Windows.Values)
            sheet.AddWindow(Text(window.Id.Value), Text(window.Session.Value), window.Index, window.Name, Text(window.ActivePane.Value), window.Layout is null ? "" : TextOf(window.Layout));
        foreach (TerminalPane pane in tree.Panes.Values)
            sheet.AddPane(Text(pane.Id.Value), Text(pane.Window.Value), pane.Size.Columns, pane.Size.Rows, TextOf(pane.Configuration), judgesTitle(pane.Id) ? pane.Title : null);
        return sheet;
    }

    public static string TextOf(EnvironmentEntry entry) => entry.Kind switch
    {
        EnvironmentEntryKind.Set => VariableText.Set(entry.Value!),
        EnvironmentEntryKind.Removed => VariableText.Removed,
        _ => VariableText.Withheld,
    };

    private static string TextOf(PaneConfiguration configuration) => FactSheet.Configuration(
        [configuration.Command, .. configuration.Arguments],
        configuration.WorkingDirectory,
        configuration.Environment.Select(static entry => (entry.Name, TextOf(entry))),
        configuration.RestoreCommand is PaneCommand restore ? [restore.Command, .. restore.Arguments] : [],
        configuration.Scrollback?.Lines ?? -1,
        configuration.Scrollback?.Bytes ?? -1);

    private static string TextOf(TerminalLayout layout)
    {
        if (layout is not SplitLayout split)
            return Text(layout.Panes[0].Value);
        IEnumerable<string> parts = split.Parts.Select(static part => part.Weight == 1 ? TextOf(part.Layout) : $"{Text(part.Weight)}*{TextOf(part.Layout)}");
        return $"[{string.Join(split.Direction == SplitDirection.SideBySide ? '|' : '/', parts)}]";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
