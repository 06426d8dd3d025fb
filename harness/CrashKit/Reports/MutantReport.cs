using System.Globalization;
using System.Text.Json;
using Persistence.CrashKit.Mutants;

namespace Persistence.CrashKit.Reports;

/// <summary>A hunt for mutants, for people and for machines.</summary>
internal static class MutantReport
{
    /// <summary>The table: a line for each.</summary>
    public static IEnumerable<string> Table(MutantHuntResult result)
    {
        foreach (MutantTrial trial in result.Trials)
            yield return string.Create(CultureInfo.InvariantCulture, $"{trial.Mutant.Id,3}  {trial.Mutant.Name,-42} {trial.Mutant.Tier,-11} {Outcome(trial)}");
        foreach (MutantTier tier in result.TiersWithout)
            yield return $"No mutant is caught by the tier {tier} {(result.Options.AllTiers ? "alone" : "")}".TrimEnd();
    }

    /// <summary>How it ended, in one line.</summary>
    public static string Final(MutantHuntResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{VerdictLine.Word(result.Verdict)}: mutants: caught: {result.Caught}, survived: {result.Survived}, equivalent: {result.Equivalent}, pending: {result.Pending}, {result.Elapsed.TotalSeconds:F1} s, seed {result.Options.Seed}");

    /// <summary>Writes it as one JSON object. The names are fixed; more may be added.</summary>
    public static void WriteJson(MutantHuntResult result, Stream output)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("caught", result.Caught);
        writer.WriteNumber("survived", result.Survived);
        writer.WriteNumber("equivalent", result.Equivalent);
        writer.WriteNumber("pending", result.Pending);
        writer.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 3));
        writer.WriteNumber("seed", result.Options.Seed);
        writer.WriteString("verdict", result.Verdict.ToString());
        writer.WriteNumber("exit_code", (int)result.Verdict);
        writer.WriteStartArray("mutants");
        foreach (MutantTrial trial in result.Trials)
            WriteTrial(writer, trial);
        writer.WriteEndArray();
        writer.WriteStartArray("tiers_without_a_mutant");
        foreach (MutantTier tier in result.TiersWithout)
            writer.WriteStringValue(tier.ToString());
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes it as a JUnit test suite: a test for each mutant.</summary>
    public static void WriteJUnit(MutantHuntResult result, Stream output)
    {
        List<(string Name, string? Failure)> tests = [.. result.Trials.Select(trial => (trial.Mutant.Name, trial.Survived ? $"not caught by {trial.Mutant.Tier}: {trial.Mutant.Mistake}" : null))];
        tests.Add(("every tier has a mutant of its own", result.TiersWithout.Count == 0 ? null : string.Join(", ", result.TiersWithout)));
        JUnitReport.Write(output, "mutants", "mutants", result.Elapsed, tests, Final(result));
    }

    private static void WriteTrial(Utf8JsonWriter writer, MutantTrial trial)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", trial.Mutant.Id);
        writer.WriteString("name", trial.Mutant.Name);
        writer.WriteString("tier", trial.Mutant.Tier.ToString());
        writer.WriteString("status", trial.Mutant.Status.ToString());
        writer.WriteString("caughtBy", trial.CaughtBy.GetValueOrDefault(trial.Mutant.Tier));
        writer.WriteString("equivalentReason", trial.Mutant.Status == MutantStatus.Equivalent ? trial.Mutant.Reason : null);
        writer.WriteString("pendingReason", trial.Mutant.Status == MutantStatus.Pending ? trial.Mutant.Reason : null);
        writer.WriteStartArray("tiers");
        foreach (MutantTier tier in trial.CaughtBy.Keys)
            writer.WriteStringValue(tier.ToString());
        writer.WriteEndArray();
        writer.WriteNumber("seconds", Math.Round(trial.Elapsed.TotalSeconds, 3));
        writer.WriteEndObject();
    }

    private static string Outcome(MutantTrial trial) => trial.Mutant.Status switch
    {
        MutantStatus.Equivalent => $"equivalent: {trial.Mutant.Reason}",
        MutantStatus.Pending => $"pending: {trial.Mutant.Reason}",
        _ when trial.Survived => trial.CaughtBy.Count == 0 ? "SURVIVED" : $"SURVIVED, though not {string.Join(", ", trial.CaughtBy.Keys)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"caught by {string.Join(", ", trial.CaughtBy.Keys)} in {trial.Elapsed.TotalSeconds:F1} s: {Shorten(trial.CaughtBy[trial.Mutant.Tier])}"),
    };

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..119] + "…";
}
