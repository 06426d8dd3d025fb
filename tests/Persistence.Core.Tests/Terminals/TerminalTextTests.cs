using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Text and numbers that cannot be: the caller's mistakes, before anything is in a batch.</summary>
public sealed class TerminalTextTests
{
    private const string Half = "a\ud83d";

    private static readonly string[] NoNames = [null!, "", " ", "\t", "a\n", "\u001b[31m", "\u007f", "\u0085", "a\0", Half, "\udc00", new('n', 257)];
    private static readonly string[] NoTitles = [null!, "a\n", "\u001b]0;x\u0007", "\u009b", Half, new('t', 4097)];
    private static readonly string[] NoPaths = [null!, "", "a\0b", Half, new('p', 32_769)];
    private static readonly string[] NoVariables = [null!, "", "A=B", "=", "A\0", "A\n", Half, new('v', 1025)];
    private static readonly string[] NoValues = [null!, "a\0", Half, new('v', (1 << 20) + 1)];

    private static readonly (string What, string[] Bad, Action<TerminalBatch, string> Use)[] Texts =
    [
        ("a session's name", NoNames, static (batch, text) => batch.CreateSession(text)),
        ("a session's new name", NoNames, static (batch, text) => batch.RenameSession(default, text)),
        ("a window's name", NoNames, static (batch, text) => batch.CreateWindow(default, text)),
        ("a window's new name", NoNames, static (batch, text) => batch.RenameWindow(default, text)),
        ("a key", NoNames, static (batch, text) => batch.SetMetadata(default, text, "")),
        ("a key to unset", NoNames, static (batch, text) => batch.UnsetMetadata(default, text)),
        ("what is said of it", NoValues, static (batch, text) => batch.SetMetadata(default, "key", text)),
        ("a title", NoTitles, static (batch, text) => batch.SetPaneTitle(default, text)),
        ("a directory", NoPaths, static (batch, text) => batch.SetPaneWorkingDirectory(default, text)),
        ("a variable", NoVariables, static (_, text) => EnvironmentEntry.Set(text, "")),
        ("a variable to remove", NoVariables, static (_, text) => EnvironmentEntry.Remove(text)),
        ("a variable to withhold", NoVariables, static (_, text) => EnvironmentEntry.Withhold(text)),
        ("a variable to unset", NoVariables, static (batch, text) => batch.UnsetEnvironment(default, text)),
        ("a variable's value", NoValues, static (_, text) => EnvironmentEntry.Set("A", text)),
        ("a command", NoPaths, static (_, text) => Make(new PaneConfiguration { Command = text })),
        ("an argument", NoValues, static (_, text) => Make(TerminalStore.Shell with { Arguments = ["a", text] })),
        ("a directory to start in", [.. NoPaths.Skip(1)], static (_, text) => Make(TerminalStore.Shell with { WorkingDirectory = text })),
        ("a command to restore with", NoPaths, static (_, text) => Make(TerminalStore.Shell with { RestoreCommand = new PaneCommand(text) })),
        ("an argument to restore with", NoValues, static (_, text) => Make(TerminalStore.Shell with { RestoreCommand = new PaneCommand("x", [text]) })),
        ("a boot id", [null!, "\n", Half, new('b', 257)], static (_, text) => PaneState.Running(new PaneProcess(1, default, text, "host"))),
        ("a host name", [null!, "\n", Half, new('h', 257)], static (_, text) => PaneState.Exited(0, 0, new PaneProcess(1, default, "", text))),
    ];

    private static readonly (string What, Action<TerminalBatch> Use)[] Mistakes =
    [
        ("no variable", static batch => batch.SetEnvironment(default, null!)),
        ("a negative index", static batch => batch.CreateWindow(default, "x", -1)),
        ("a negative index to move to", static batch => batch.MoveWindow(default, default, -1)),
        ("no configuration", static batch => batch.CreatePane(default, null!, TerminalSize.Default)),
        ("no size", static batch => batch.CreatePane(default, TerminalStore.Shell, default)),
        ("no size to change to", static batch => batch.ResizePane(default, default)),
        ("no state", static batch => batch.SetPaneState(default, null!)),
        ("no process that runs", static _ => PaneState.Running(null!)),
        ("no configuration to change to", static batch => batch.ConfigurePane(default, null!)),
        ("no arguments", static _ => Make(TerminalStore.Shell with { Arguments = null! })),
        ("too many arguments", static _ => Make(TerminalStore.Shell with { Arguments = new string[65_537] })),
        ("no environment", static _ => Make(TerminalStore.Shell with { Environment = null! })),
        ("nothing in the environment", static _ => Make(TerminalStore.Shell with { Environment = [null!] })),
        ("no columns", static _ => Make(new TerminalSize(0, 1))),
        ("too many columns", static _ => Make(new TerminalSize(10_001, 1))),
        ("no rows", static _ => Make(new TerminalSize(1, 0))),
        ("too many rows", static _ => Make(new TerminalSize(1, 10_001))),
        ("fewer lines than none", static _ => Make(new ScrollbackLimits(-1, 0))),
        ("fewer bytes than none", static _ => Make(new ScrollbackLimits(0, -1))),
        ("no place at all", static _ => Make(new PanePlacement { Percent = 0 })),
        ("all of the place", static _ => Make(new PanePlacement { Percent = 100 })),
        ("a side there is not", static _ => Make(new PanePlacement { Place = (PanePlace)4 })),
        ("no weight", static _ => Make(new LayoutPart(TerminalLayout.Of(default), 0))),
        ("too much weight", static _ => Make(new LayoutPart(TerminalLayout.Of(default), 1_000_001))),
        ("nothing in a part", static _ => Make(new LayoutPart(null!))),
        ("one part", static _ => TerminalLayout.Split(SplitDirection.Stacked, new LayoutPart(TerminalLayout.Of(default)))),
        ("a part that is null", static _ => TerminalLayout.Split(SplitDirection.Stacked, new LayoutPart(TerminalLayout.Of(default)), null!)),
        ("a direction there is not", static _ => TerminalLayout.Split((SplitDirection)2, new LayoutPart(TerminalLayout.Of(default)), new LayoutPart(TerminalLayout.Of(default)))),
    ];

    [Fact]
    public void Bad_text_of_every_kind_is_an_argument_error_and_nothing_is_added()
    {
        using TerminalStore store = TerminalStore.Create();
        TerminalBatch batch = store.Terminals.CreateBatch();
        foreach ((string what, string[] bad, Action<TerminalBatch, string> use) in Texts)
        {
            for (int i = 0; i < bad.Length; i++)
                Assert.True(Record.Exception(() => use(batch, bad[i])) is ArgumentException, $"{what}, {i}");
        }

        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Other_values_that_cannot_be_are_argument_errors_too()
    {
        using TerminalStore store = TerminalStore.Create();
        TerminalBatch batch = store.Terminals.CreateBatch();
        foreach ((string what, Action<TerminalBatch> use) in Mistakes)
            Assert.True(Record.Exception(() => use(batch)) is ArgumentException, what);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void The_longest_text_of_every_kind_comes_back()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        TerminalSample sample = TerminalSample.Add(store);
        store.Change(batch =>
        {
            batch.RenameSession(sample.Work, new string('\u20ac', 256));
            batch.RenameWindow(sample.Window, new string('\u20ac', 256));
            batch.SetMetadata(sample.Work, new string('\u20ac', 256), new string('\u20ac', 1 << 20));
            batch.SetEnvironment(sample.Work, EnvironmentEntry.Set(new string('\u20ac', 1024), new string('\u20ac', 1 << 20)));
            batch.SetPaneTitle(sample.Left, new string('\u20ac', 4096));
            batch.SetPaneWorkingDirectory(sample.Left, new string('\u20ac', 32_768));
            batch.ConfigurePane(sample.Left, new PaneConfiguration
            {
                Command = new string('\u20ac', 32_768),
                Arguments = [.. Enumerable.Repeat("", 65_535), new string('\u20ac', 1 << 20)],
                WorkingDirectory = new string('\u20ac', 32_768),
                Environment = [.. Enumerable.Repeat(EnvironmentEntry.Remove("A"), 65_536)],
                RestoreCommand = new PaneCommand("\n\u001b", ["\n"]),
            });
            batch.SetPaneState(sample.Left, PaneState.Exited(int.MinValue, int.MaxValue, new PaneProcess(int.MaxValue, DateTimeOffset.MaxValue, new string('\u20ac', 256), new string('\u20ac', 256))));
        });
        using (TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending)))
            Assert.Equal(store.Dump(), again.Dump());
        store.Store.TakeCheckpoint();
        using TerminalStore loaded = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), loaded.Dump());
    }

    /// <summary>More than any item of a checkpoint, or any record, can be.</summary>
    [Fact]
    public void A_session_may_have_more_metadata_than_fits_into_one_item()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, TerminalStore.Increments with { Compress = false });
        TerminalSample sample = TerminalSample.Add(store);
        string value = new('\u20ac', 1 << 20);
        for (int i = 0; i < 45; i++)
            store.Change(batch => batch.SetMetadata(sample.Work, $"key {i}", value));
        store.Store.TakeCheckpoint();
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending), TerminalStore.Increments);
        Assert.Equal(46, again.Terminals.Tree.Sessions[sample.Work].Metadata.Count);
    }

    private static void Make(object made) => Assert.NotNull(made);

    [Fact]
    public void Values_do_not_show_in_what_is_printed()
    {
        Assert.Equal("TOKEN", EnvironmentEntry.Set("TOKEN", "secret").ToString());
        Assert.Equal("TOKEN (withheld)", EnvironmentEntry.Withhold("TOKEN").ToString());
        Assert.Equal("TOKEN (removed)", EnvironmentEntry.Remove("TOKEN").ToString());
        Assert.DoesNotContain("secret", (TerminalStore.Shell with { Environment = [EnvironmentEntry.Set("TOKEN", "secret")], Arguments = ["secret"] }).ToString(), StringComparison.Ordinal);
    }
}
