using System.Collections.Immutable;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>States that cannot be: each invariant is broken once, and that alone is told.</summary>
public sealed class TerminalInvariantsTests
{
    private static readonly Dictionary<string, Func<TerminalVersion, TerminalSample, TerminalVersion>> Broken = new()
    {
        ["the session 2 has an id that was not given out"] = static (version, _) => version with { Tree = version.Tree with { Next = version.Tree.Next with { Session = 2 } } },
        ["the window 2 has an id that was not given out"] = static (version, _) => version with { Tree = version.Tree with { Next = version.Tree.Next with { Window = 2 } } },
        ["the pane 3 has an id that was not given out"] = static (version, _) => version with { Tree = version.Tree with { Next = version.Tree.Next with { Pane = 3 } } },
        ["there are names of sessions that are not there"] = static (version, _) => version with { Tree = version.Tree with { Names = version.Tree.Names.Add("third", new SessionId(3)) } },
        ["the session 1 is not found by its name"] = static (version, sample) => version with { Tree = version.Tree with { Names = version.Tree.Names.SetItem("work", sample.Other) } },
        ["the session 2 has a window that is not in it"] = static (version, sample) => With(version, version.Tree.Sessions[sample.Other] with { Windows = OneWindow(9), ActiveWindow = new WindowId(9) }),
        ["the active window of session 1 is 9, which it does not have"] = static (version, sample) => With(version, version.Tree.Sessions[sample.Work] with { ActiveWindow = new WindowId(9) }),
        ["the active window of session 1 is 0, which it does not have"] = static (version, sample) => With(version, version.Tree.Sessions[sample.Work] with { ActiveWindow = default }),
        ["the active window of session 2 is 1, which it does not have"] = static (version, sample) => With(version, version.Tree.Sessions[sample.Other] with { ActiveWindow = sample.Window }),
        ["the window 2 is not in the session that it says"] = static (version, sample) => With(version, version.Tree.Sessions[sample.Work] with { Windows = version.Tree.Sessions[sample.Work].Windows.Remove(5) }),
        ["the active pane of window 1 is 3, which it does not have"] = static (version, sample) => With(version, version.Tree.Windows[sample.Window] with { ActivePane = sample.Alone }),
        ["the active pane of window 1 is 0, which it does not have"] = static (version, sample) => With(version, version.Tree.Windows[sample.Window] with { ActivePane = default }),
        ["the layout of window 1 is not of its panes"] = static (version, sample) => With(version, version.Tree.Windows[sample.Window] with { Layout = Split(sample.Left, sample.Right, sample.Right) }),
        ["the pane 2 is not in the window that it says"] = static (version, sample) => With(version, version.Tree.Windows[sample.Window] with { Layout = TerminalLayout.Of(sample.Left) }),
        ["the pane 1 has no output"] = static (version, sample) => version with { Output = version.Output.Remove(sample.Left) },
        ["there is output of pane 9, which is not there"] = static (version, _) => version with { Output = version.Output.Add(new PaneId(9), new Scrollback { Pane = new PaneId(9) }) },
        ["there is output of pane 2, which is not there"] = static (version, sample) => version with { Output = version.Output.SetItem(sample.Left, new Scrollback { Pane = sample.Right }) },
        ["the output of pane 2 is not what its chunks are"] = static (version, sample) => With(version, Output(sample.Right, (0, 10)) with { ChunkBytes = 11, TailPosition = 10 }),
        ["the output of pane 2 has 5 twice"] = static (version, sample) => With(version, Output(sample.Right, (0, 10), (5, 10)) with { TailPosition = 15 }),
        ["the output of pane 2 has 8 twice"] = static (version, sample) => With(version, Output(sample.Right, (0, 10)) with { TailPosition = 8 }),
    };

    public static TheoryData<string> Violations => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Violations))]
    public void A_broken_rule_is_told(string violation)
    {
        (TerminalVersion version, TerminalSample sample) = Make();
        Assert.Empty(TerminalInvariants.FindViolations(version));
        Assert.Equal([violation], TerminalInvariants.FindViolations(Broken[violation](version, sample)));
    }

    [Fact]
    public void A_window_that_says_another_index_breaks_two_rules()
    {
        (TerminalVersion version, TerminalSample sample) = Make();
        Assert.Equal(
            ["the session 1 has a window that is not in it", "the window 2 is not in the session that it says"],
            TerminalInvariants.FindViolations(With(version, version.Tree.Windows[sample.Second] with { Index = 4 })));
    }

    [Fact]
    public void A_gap_in_the_output_breaks_none()
    {
        (TerminalVersion version, TerminalSample sample) = Make();
        Assert.Empty(TerminalInvariants.FindViolations(With(version, Output(sample.Right, (0, 10), (50, 10)) with { TailPosition = 70 })));
    }

    private static (TerminalVersion Version, TerminalSample Sample) Make()
    {
        using TerminalStore store = TerminalStore.Create();
        TerminalSample sample = TerminalSample.Add(store);
        TerminalTree tree = store.Terminals.Tree;
        return (new TerminalVersion(tree, tree.Panes.Keys.ToImmutableDictionary(static pane => pane, pane => store.Terminals.FindOutput(pane)!.Scrollback)), sample);
    }

    private static Scrollback Output(PaneId pane, params (long Position, int Length)[] chunks) =>
        chunks.Aggregate(new Scrollback { Pane = pane }, (output, chunk) => output.With(new ScrollbackChunk(pane, chunk.Position, 0, new byte[chunk.Length])));

    private static TerminalVersion With(TerminalVersion version, TerminalSession session) => version with { Tree = version.Tree.With(session) };

    private static TerminalVersion With(TerminalVersion version, TerminalWindow window) => version with { Tree = version.Tree.With(window) };

    private static TerminalVersion With(TerminalVersion version, Scrollback output) => version with { Output = version.Output.SetItem(output.Pane, output) };

    private static ImmutableSortedDictionary<int, WindowId> OneWindow(long window) => ImmutableSortedDictionary<int, WindowId>.Empty.Add(0, new WindowId(window));

    private static TerminalLayout Split(params PaneId[] panes) => TerminalLayout.Split(SplitDirection.SideBySide, [.. panes.Select(static pane => new LayoutPart(TerminalLayout.Of(pane)))]);
}
