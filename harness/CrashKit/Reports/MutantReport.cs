using System.Globalization;
using System.Text.Json;
using Persistence.CrashKit.Mutants;

namespace Persistence.CrashKit.Reports;

/// <summary>A hunt for mutants, for people and for machines.</summary>
internal static class MutantReport
{
    private const string RunToTheEnd = "the run came to its end";

    /// <summary>The table: a line for each.</summary>
    public static IEnumerable<string> Table(MutantHuntResult result)
    {
        foreach (MutantTrial trial in result.Trials)
            yield return string.Create(CultureInfo.InvariantCulture, $"{trial.Mutant.Id,3}  {trial.Mutant.Name,-42} {trial.Mutant.Tier,-11} {Outcome(trial)}");
        foreach (MutantTier tier in result.TiersWithout)
            yield return $"No mutant is caught by the tier {tier} {(result.Options.AllTiers ? "alone" : "")}".TrimEnd();
        if (VerdictLine.WhyItCouldNotRun(result.WasInterrupted) is string why)
            yield return $"Could not run: {why}";
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
        WriteNames(writer, "tiers_without_a_mutant", result.TiersWithout.Select(tier => tier.ToString()));
        writer.WriteString("could_not_run_because", VerdictLine.WhyItCouldNotRun(result.WasInterrupted));
        writer.WriteEndObject();
    }

    /// <summary>The comparison of models as a table: a line for each mutant, and the sums.</summary>
    public static IEnumerable<string> Table(ModelComparison comparison)
    {
        yield return Row("mutant", ModelComparison.ModelNames);
        foreach (ModelComparison.Row row in comparison.Rows)
            yield return Row(row.Mutant.Name, ModelComparison.ModelNames.Select(model => row.CaughtBy.Contains(model) ? "caught" : "missed"));
        if (VerdictLine.WhyItCouldNotRun(comparison.WasInterrupted) is string why)
            yield return $"Could not run: {why}";
    }

    /// <summary>How the comparison ended, in one line.</summary>
    public static string Final(ModelComparison comparison) => string.Create(
        CultureInfo.InvariantCulture,
        $"{VerdictLine.Word(comparison.Verdict)}: models: mutants: {comparison.Rows.Count}, caught by {string.Join(", ", ModelComparison.ModelNames.Select(model => $"{model}: {comparison.Count(model)}"))}, seed {comparison.Options.Seed}");

    /// <summary>Writes the comparison as one JSON object.</summary>
    public static void WriteJson(ModelComparison comparison, Stream output)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("seed", comparison.Options.Seed);
        writer.WriteString("verdict", comparison.Verdict.ToString());
        writer.WriteNumber("exit_code", (int)comparison.Verdict);
        writer.WriteString("could_not_run_because", VerdictLine.WhyItCouldNotRun(comparison.WasInterrupted));
        writer.WriteStartObject("models");
        foreach (string model in ModelComparison.ModelNames)
            writer.WriteNumber(model, comparison.Count(model));
        writer.WriteEndObject();
        writer.WriteStartArray("mutants");
        foreach (ModelComparison.Row row in comparison.Rows)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", row.Mutant.Id);
            writer.WriteString("name", row.Mutant.Name);
            WriteNames(writer, "models", row.CaughtBy);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes the comparison as a JUnit test suite: a test for each mutant, which has to be caught among all legal states.</summary>
    public static void WriteJUnit(ModelComparison comparison, Stream output)
    {
        HashSet<Mutant> missed = [.. comparison.Missed];
        List<(string Name, string? Failure)> tests = [.. comparison.Rows.Select(row => (row.Mutant.Name, missed.Contains(row.Mutant) ? $"not caught by {ModelComparison.ModelNames[^1]}" : null))];
        tests.Add((RunToTheEnd, VerdictLine.WhyItCouldNotRun(comparison.WasInterrupted)));
        JUnitReport.Write(output, "mutants", "models", TimeSpan.Zero, tests, Final(comparison));
    }

    /// <summary>Writes it as a JUnit test suite: a test for each mutant.</summary>
    public static void WriteJUnit(MutantHuntResult result, Stream output)
    {
        List<(string Name, string? Failure)> tests = [.. result.Trials.Select(trial => (trial.Mutant.Name, trial.Survived ? $"not caught by {trial.Mutant.Tier}: {trial.Mutant.Mistake}" : null))];
        tests.Add(("every tier has a mutant of its own", result.TiersWithout.Count == 0 ? null : string.Join(", ", result.TiersWithout)));
        tests.Add((RunToTheEnd, VerdictLine.WhyItCouldNotRun(result.WasInterrupted)));
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
        WriteNames(writer, "tiers", trial.CaughtBy.Keys.Select(tier => tier.ToString()));
        writer.WriteNumber("seconds", Math.Round(trial.Elapsed.TotalSeconds, 3));
        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, string property, IEnumerable<string> names)
    {
        writer.WriteStartArray(property);
        foreach (string name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }

    private static string Row(string first, IEnumerable<string> others) => $"| {first} | {string.Join(" | ", others)} |";

    private static string Outcome(MutantTrial trial) => trial.Mutant.Status switch
    {
        MutantStatus.Equivalent => $"equivalent: {trial.Mutant.Reason}",
        MutantStatus.Pending => $"pending: {trial.Mutant.Reason}",
        _ when trial.Survived => trial.CaughtBy.Count == 0 ? "SURVIVED" : $"SURVIVED, though not {string.Join(", ", trial.CaughtBy.Keys)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"caught by {string.Join(", ", trial.CaughtBy.Keys)} in {trial.Elapsed.TotalSeconds:F1} s: {Shorten(trial.CaughtBy[trial.Mutant.Tier])}"),
    };

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..119] + "…";
}
