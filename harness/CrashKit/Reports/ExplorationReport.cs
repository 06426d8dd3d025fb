using System.Globalization;
using System.Text.Json;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Reports;

/// <summary>An exploration for people and for machines.</summary>
internal static class ExplorationReport
{
    /// <summary>How it stands, in one line.</summary>
    public static string Progress(ExplorationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return string.Create(CultureInfo.InvariantCulture, $"{result.Elapsed.TotalSeconds,5:F1} s  {Counts(result)}");
    }

    /// <summary>How it ended, in one line.</summary>
    public static string Final(ExplorationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return string.Create(CultureInfo.InvariantCulture, $"{VerdictLine.Word(result.Verdict)}: {result.Verb}: {Counts(result)}, seed {result.Options.Seed}");
    }

    /// <summary>What a person needs to know of each tier and of what went wrong, one line each.</summary>
    public static IEnumerable<string> Explain(ExplorationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach ((string tier, TierFigures figures) in result.Figures.Tiers)
            yield return string.Create(CultureInfo.InvariantCulture, $"  {tier,-28} {figures.States,12:N0} states {figures.Distinct,12:N0} distinct");
        foreach ((string evidence, long count) in result.Figures.Evidence)
            yield return string.Create(CultureInfo.InvariantCulture, $"  {evidence,-28} {count,12:N0}");
        foreach (ExplorationFailure failure in result.Figures.Failures)
        {
            yield return $"FAILED ({failure.Tier}): {failure.Message}";
            yield return $"  {failure.Case}";
        }

        if (VerdictLine.WhyItCouldNotRun(result.WasInterrupted) is string why)
            yield return $"Could not run: {why}";
        if (result.Verdict != KillRunVerdict.Vacuous)
            yield break;
        foreach (string reason in result.VacuousBecause)
            yield return $"Vacuous: {reason}.";
    }

    /// <summary>Writes it as one JSON object. The names are fixed; more may be added.</summary>
    public static void WriteJson(ExplorationResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("states", result.Figures.States);
        writer.WriteNumber("distinct", result.Figures.Distinct);
        writer.WriteNumber("failures", result.Figures.Failures.Count);
        writer.WriteNumber("states_per_second", Math.Round(result.StatesPerSecond, 1));
        writer.WriteNumber("seed", result.Options.Seed);
        WriteNumbers(writer, "tiers", result.Figures.Tiers.Select(tier => (tier.Key, tier.Value.Distinct)));
        WriteNumbers(writer, "tiers_enumerated", result.Figures.Tiers.Select(tier => (tier.Key, tier.Value.States)));
        WriteNumbers(writer, "evidence", result.Figures.Evidence.Select(evidence => (evidence.Key, evidence.Value)));
        writer.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 3));
        writer.WriteBoolean("interrupted", result.WasInterrupted);
        writer.WriteString("verdict", result.Verdict.ToString());
        writer.WriteNumber("exit_code", (int)result.Verdict);
        WriteFailures(writer, result.Figures.Failures);
        JsonReport.WriteEnd(writer, VerdictLine.WhyItCouldNotRun(result.WasInterrupted), result.VacuousBecause);
        writer.WriteEndObject();
    }

    /// <summary>Writes it as a JUnit test suite: a test for each tier, and one for whether the run counts.</summary>
    public static void WriteJUnit(ExplorationResult result, Stream output)
    {
        ArgumentNullException.ThrowIfNull(result);
        List<(string Name, string? Failure)> tests = [];
        foreach (string tier in result.Figures.Tiers.Keys.Union(result.Figures.Failures.Select(failure => failure.Tier)))
            tests.Add((tier, result.Figures.Failures.FirstOrDefault(failure => failure.Tier == tier) is ExplorationFailure found ? $"{found.Message} ({found.Case})" : null));
        tests.Add(("the run tested something", VerdictLine.WhyItCouldNotRun(result.WasInterrupted) ?? (result.VacuousBecause.Count == 0 ? null : string.Join("; ", result.VacuousBecause))));
        JUnitReport.Write(output, result.Verb, result.Verb, result.Elapsed, tests, Counts(result));
    }

    private static string Counts(ExplorationResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"states: {result.Figures.States}, distinct: {result.Figures.Distinct}, failures: {result.Figures.Failures.Count}, {result.StatesPerSecond:F0} distinct/s");

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<(string Name, long Value)> numbers)
    {
        writer.WriteStartObject(name);
        foreach ((string one, long value) in numbers)
            writer.WriteNumber(one, value);
        writer.WriteEndObject();
    }

    private static void WriteFailures(Utf8JsonWriter writer, IReadOnlyList<ExplorationFailure> failures)
    {
        writer.WriteStartArray("failed");
        foreach (ExplorationFailure failure in failures)
        {
            writer.WriteStartObject();
            writer.WriteString("tier", failure.Tier);
            writer.WriteString("message", failure.Message);
            writer.WriteString("case", failure.Case);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
