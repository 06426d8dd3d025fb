using System.Text;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Runs;

/// <summary>Writes down what was said, verified and found, next to a store that is kept.</summary>
internal static class EvidenceFile
{
    public static string? TryWrite(string storeDirectory, string circumstances, IReadOnlyList<Discrepancy> discrepancies, StoreOracle oracle, Observation? observed)
    {
        StringBuilder text = new();
        text.AppendLine(circumstances);
        text.AppendLine().AppendLine("Discrepancies:");
        foreach (Discrepancy discrepancy in discrepancies)
            text.Append("  ").AppendLine(discrepancy.ToString());
        text.AppendLine().AppendLine("Operations since the state was verified (place of intent, place of acknowledgement):");
        foreach (Operation operation in oracle.History.Operations)
            text.Append("  ").AppendLine(Describe(operation));
        Append(text, "State verified before:", oracle.Baseline);
        if (observed is not null)
            Append(text, "State found:", observed);
        string path = storeDirectory + ".evidence.txt";
        try
        {
            File.WriteAllText(path, text.ToString());
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Describe(Operation operation)
    {
        string acknowledged = operation.AckAt == Operation.Never ? "-" : $"{operation.AckAt}";
        string writes = string.Join(", ", operation.Writes.Select(write => $"{write.Key}={write.Value ?? "(deleted)"}"));
        return $"{operation.IntentAt} {acknowledged} {operation} {writes}{operation.Record}";
    }

    private static void Append(StringBuilder text, string title, Observation state)
    {
        text.AppendLine().AppendLine(title);
        foreach ((string key, string value) in state.Items.OrderBy(item => item.Key, StringComparer.Ordinal))
            text.Append("  ").Append(key).Append(" = ").AppendLine(value);
        text.Append("  records: ").AppendJoin(", ", state.Records).AppendLine();
    }
}
