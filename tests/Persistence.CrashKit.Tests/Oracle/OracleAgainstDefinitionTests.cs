using Persistence.CrashKit.Oracle;
using Xunit;

namespace Persistence.CrashKit.Tests.Oracle;

/// <summary>The oracle against the definition, on thousands of small random histories and states, most of them wrong.</summary>
public sealed class OracleAgainstDefinitionTests
{
    private const int Cases = 10_000;
    private static readonly string[] Keys = ["a", "b", "c"];

    [Theory]
    [InlineData(1, true, 1)]
    [InlineData(2, true, 4)]
    [InlineData(3, false, 1)]
    [InlineData(4, false, 4)]
    public void The_oracle_convicts_exactly_what_the_definition_cannot_explain(int seed, bool acknowledgementPromises, int deletes)
    {
        Random random = new(seed);
        int right = 0;
        for (int i = 0; i < Cases; i++)
        {
            Story story = Tell(random, acknowledgementPromises, deletes);
            Observation observed = Observe(random, story);
            bool expected = new ExhaustiveOracle(story.Oracle.History.Operations, story.Oracle.Baseline, observed).CanExplain();
            Judgement judgement = story.Oracle.Judge(observed);
            Assert.True(
                expected == judgement.IsRight,
                $"case {i}: expected {expected}\n{string.Join("\n", story.Oracle.History.Operations.Select(Describe))}\nstate {Describe(observed)}\n{string.Join("\n", judgement.Discrepancies)}");
            right += expected ? 1 : 0;
        }

        // Neither kind may be so rare that the comparison says nothing.
        Assert.InRange(right, Cases / 10, Cases * 9 / 10);
    }

    /// <summary>Up to six operations of up to three at a time, acknowledged or not, with few or many deletes among them.</summary>
    private static Story Tell(Random random, bool acknowledgementPromises, int deletes)
    {
        Story story = new Story(acknowledgementPromises).After(random.Next(2) == 0 ? Story.State() : Story.State("a=0 b=00", "r0"));
        List<long> open = [];
        int count = random.Next(2, 7);
        for (int i = 1; i <= count; i++)
        {
            open.Add(random.Next(5 + deletes) < deletes ? story.SendDelete(Key(random)) : Send(random, story, i));
            while (open.Count > 0 && (open.Count > 2 || random.Next(2) == 0))
                Answer(random, story, open);
        }

        return story;
    }

    private static long Send(Random random, Story story, int i) => random.Next(5) switch
    {
        0 => story.SendRecord($"r{i}"),
        1 => story.SendBatch(("a", $"{i}.0"), ("b", random.Next(3) == 0 ? null : $"{i}.1")),
        2 => story.SendBatch(("c", $"{i}.0"), ("b", $"{i}.1")),
        _ => story.SendPut(Key(random), $"{i}.0"),
    };

    private static void Answer(Random random, Story story, List<long> open)
    {
        int place = random.Next(open.Count);
        long number = open[place];
        open.RemoveAt(place);
        if (random.Next(12) == 0)
        {
            story.Fail(number, isDefinite: random.Next(2) == 0);
            return;
        }

        story.Ack(number);
        if (random.Next(4) == 0)
            story.Barrier(number);
    }

    /// <summary>A state that values of the story could make up, sensible or not.</summary>
    private static Observation Observe(Random random, Story story)
    {
        Dictionary<string, string> items = [];
        foreach (string key in Keys)
        {
            string[] possible =
            [
                .. story.Oracle.Baseline.Items.Where(item => item.Key == key).Select(item => item.Value),
                .. story.Oracle.History.Operations.SelectMany(operation => operation.Writes).Where(write => write.Key == key && write.Value is not null).Select(write => write.Value!),
            ];
            int chosen = possible.Length - random.Next(3);
            if (chosen >= 0 && chosen < possible.Length)
                items[key] = possible[chosen];
            else if (chosen == possible.Length && possible.Length > 0 && random.Next(3) > 0)
                items[key] = possible[^1];
        }

        string[] records = [.. story.Oracle.Baseline.Records, .. story.Oracle.History.Operations.Where(operation => operation.Record is not null).Select(operation => operation.Record!)];
        return new Observation(items, [.. records.Take(records.Length - (random.Next(3) == 0 ? 1 : 0))]);
    }

    private static string Key(Random random) => Keys[random.Next(Keys.Length)];

    private static string Describe(Operation operation) =>
        $"{operation.IntentAt}-{(operation.AckAt == Operation.Never ? "" : operation.AckAt)} {operation} {string.Join(", ", operation.Writes)} {operation.Record}";

    private static string Describe(Observation observed) => $"{string.Join(" ", observed.Items)} {string.Join(" ", observed.Records)}";
}
