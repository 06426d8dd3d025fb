using System.Globalization;
using System.Text;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Terminals.Model;
using Persistence.CrashKit.Terminals.Work;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>Writes down what was asked, told and found, next to a store that is kept.</summary>
internal static class TerminalEvidence
{
    private const int RequestsMax = 2000;

    public static string? TryWrite(string directory, string circumstances, IReadOnlyList<Discrepancy> discrepancies, TerminalOracle oracle, TerminalTree found)
    {
        StringBuilder text = new();
        text.AppendLine(circumstances);
        text.AppendLine().AppendLine("Discrepancies:");
        foreach (Discrepancy discrepancy in discrepancies)
            text.Append("  ").AppendLine(discrepancy.ToString());
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Requests since the store was judged, the last {oracle.InFlight} not answered:");
        foreach (SentRequest sent in oracle.Log.TakeLast(RequestsMax))
            text.Append("  ").AppendLine(sent.ToString());
        Append(text, "Promised:", oracle.Facts.Of(oracle.Promised));
        Append(text, "Found when the store was judged last:", StateFacts.Of(found, static _ => true));
        text.AppendLine().AppendLine("Panes:");
        foreach (PaneOracle pane in oracle.Panes.Values)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {oracle.Facts.Panes.NameOf(pane.Key)}: {pane.State}, output known up to {pane.Output.Known}, promised up to {pane.Promised}");
        return TryWrite($"{directory}.evidence.txt", text.ToString());
    }

    private static void Append(StringBuilder text, string title, FactSheet facts)
    {
        text.AppendLine().AppendLine(title);
        foreach ((string name, string value) in facts.Facts)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name}: {value}");
    }

    private static string? TryWrite(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
