using System.Globalization;
using Xunit;

namespace Persistence.Tests.Terminals.Model;

/// <summary>Everything that can be done with terminals, in an order that nobody has thought of, against a model that was written from FORMAT.md.</summary>
public sealed class TerminalModelTests
{
    private const int Seeds = 24;
    private const int Steps = 80;

    [Fact]
    public void Whatever_is_done_in_whatever_order_the_state_is_what_the_model_is()
    {
        Dictionary<string, int> done = [];
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("TERMINALS_SEEDS"), CultureInfo.InvariantCulture, out int asked) ? asked : Seeds;
        for (int seed = 1; seed <= seeds; seed++)
            Run(seed, done);
        // Each of it has happened, or nothing is known of it.
        Assert.All((string[])["commit", "checkpoint", "checkpoint failed", "compaction", "checkpoint removed", "reopened", "killed", "read-only", "backup", "salvage", "earlier", "back", "rotated", "chunks", "trimmed"], name => Assert.InRange(done.GetValueOrDefault(name), 5, int.MaxValue));
        Assert.All((string[])["SessionNotFound", "SessionExists", "WindowNotFound", "WindowExists", "PaneNotFound", "LayoutInvalid"], name => Assert.InRange(done.GetValueOrDefault(name), 2, int.MaxValue));
    }

    private static void Run(int seed, Dictionary<string, int> done)
    {
        using RandomRun run = new(seed);
        Exception? failure = Record.Exception(() => run.Run(Steps));
        Assert.True(failure is null, $"seed {seed}: {failure}");
        foreach ((string name, int count) in run.Done)
            done[name] = done.GetValueOrDefault(name) + count;
    }
}
