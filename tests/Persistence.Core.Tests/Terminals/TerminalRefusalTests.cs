using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Changes that cannot be made: they take the whole batch with them, and leave nothing behind.</summary>
public sealed class TerminalRefusalTests
{
    private static readonly SessionId NoSession = new(77);
    private static readonly WindowId NoWindow = new(77);
    private static readonly PaneId NoPane = new(77);

    private static readonly Dictionary<string, (StoreError Error, Action<TerminalBatch, TerminalSample> Add)> Refusals = new()
    {
        ["a session's name"] = (StoreError.SessionExists, static (batch, _) => batch.CreateSession("work")),
        ["a session's name in other letters"] = (StoreError.SessionExists, static (batch, _) => batch.CreateSession("WoRK")),
        ["a session's new name"] = (StoreError.SessionExists, static (batch, sample) => batch.RenameSession(sample.Work, "OTHER")),
        ["a name given twice"] = (StoreError.SessionExists, static (batch, _) =>
        {
            batch.CreateSession("größe");
            batch.CreateSession("GRÖßE");
        }),
        ["destroying no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.DestroySession(NoSession)),
        ["destroying a session twice"] = (StoreError.SessionNotFound, static (batch, sample) =>
        {
            batch.DestroySession(sample.Work);
            batch.DestroySession(sample.Work);
        }),
        ["destroying the session of number 0"] = (StoreError.SessionNotFound, static (batch, _) => batch.DestroySession(default)),
        ["destroying the session of a negative number"] = (StoreError.SessionNotFound, static (batch, _) => batch.DestroySession(new SessionId(-1))),
        ["renaming no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.RenameSession(NoSession, "x")),
        ["metadata of no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.SetMetadata(NoSession, "x", "x")),
        ["metadata taken from no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.UnsetMetadata(NoSession, "x")),
        ["environment of no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.SetEnvironment(NoSession, EnvironmentEntry.Remove("x"))),
        ["environment taken from no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.UnsetEnvironment(NoSession, "x")),
        ["a window in no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.CreateWindow(NoSession, "x")),
        ["a window at an index in no session"] = (StoreError.SessionNotFound, static (batch, _) => batch.CreateWindow(NoSession, "x", 1)),
        ["a window at an index that is taken"] = (StoreError.WindowExists, static (batch, sample) => batch.CreateWindow(sample.Work, "x", 5)),
        ["a window after the greatest index"] = (StoreError.WindowExists, static (batch, sample) =>
        {
            batch.CreateWindow(sample.Work, "x", int.MaxValue);
            batch.CreateWindow(sample.Work, "x");
        }),
        ["destroying no window"] = (StoreError.WindowNotFound, static (batch, _) => batch.DestroyWindow(NoWindow)),
        ["destroying the window of number 0"] = (StoreError.WindowNotFound, static (batch, _) => batch.DestroyWindow(default)),
        ["destroying a window with its session"] = (StoreError.WindowNotFound, static (batch, sample) =>
        {
            batch.DestroySession(sample.Work);
            batch.DestroyWindow(sample.Window);
        }),
        ["renaming no window"] = (StoreError.WindowNotFound, static (batch, _) => batch.RenameWindow(NoWindow, "x")),
        ["moving no window"] = (StoreError.WindowNotFound, static (batch, sample) => batch.MoveWindow(NoWindow, sample.Work)),
        ["moving a window to no session"] = (StoreError.SessionNotFound, static (batch, sample) => batch.MoveWindow(sample.Window, NoSession)),
        ["moving a window to an index in no session"] = (StoreError.SessionNotFound, static (batch, sample) => batch.MoveWindow(sample.Window, NoSession, 3)),
        ["moving a window to an index that is taken"] = (StoreError.WindowExists, static (batch, sample) => batch.MoveWindow(sample.Window, sample.Work, 5)),
        ["the layout of no window"] = (StoreError.WindowNotFound, static (batch, _) => batch.SetLayout(NoWindow, null)),
        ["no layout for panes"] = (StoreError.LayoutInvalid, static (batch, sample) => batch.SetLayout(sample.Window, null)),
        ["a layout without a pane"] = (StoreError.LayoutInvalid, static (batch, sample) => batch.SetLayout(sample.Window, TerminalLayout.Of(sample.Left))),
        ["a layout with a pane twice"] = (StoreError.LayoutInvalid, static (batch, sample) => batch.SetLayout(sample.Window, Split(sample.Left, sample.Left))),
        ["a layout with a pane too many"] = (StoreError.LayoutInvalid, static (batch, sample) => batch.SetLayout(sample.Window, Split(sample.Left, sample.Right, sample.Left))),
        ["a layout with another window's pane"] = (StoreError.LayoutInvalid, static (batch, sample) => batch.SetLayout(sample.Window, Split(sample.Left, sample.Alone))),
        ["a layout with the pane of number 0"] = (StoreError.LayoutInvalid, static (batch, sample) => batch.SetLayout(sample.Window, Split(sample.Left, default))),
        ["splits too deep"] = (StoreError.LayoutInvalid, static (batch, sample) =>
        {
            for (int i = 0; i < TerminalLayout.DepthMax; i++)
                batch.CreatePane(sample.Second, TerminalStore.Shell, TerminalSize.Default, new PanePlacement { Place = (i & 1) == 0 ? PanePlace.Below : PanePlace.Right });
        }),
        ["a pane in no window"] = (StoreError.WindowNotFound, static (batch, _) => batch.CreatePane(NoWindow, TerminalStore.Shell, TerminalSize.Default)),
        ["a pane beside no pane"] = (StoreError.PaneNotFound, static (batch, sample) => batch.CreatePane(sample.Window, TerminalStore.Shell, TerminalSize.Default, new PanePlacement { Of = NoPane })),
        ["a pane beside another window's"] = (StoreError.PaneNotFound, static (batch, sample) => batch.CreatePane(sample.Window, TerminalStore.Shell, TerminalSize.Default, new PanePlacement { Of = sample.Alone })),
        ["a pane beside one in an empty window"] = (StoreError.PaneNotFound, static (batch, sample) =>
            batch.CreatePane(batch.CreateWindow(sample.Other, "x"), TerminalStore.Shell, TerminalSize.Default, new PanePlacement { Of = sample.Alone })),
        ["destroying no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.DestroyPane(NoPane)),
        ["destroying a pane with its window"] = (StoreError.PaneNotFound, static (batch, sample) =>
        {
            batch.DestroyWindow(sample.Window);
            batch.DestroyPane(sample.Left);
        }),
        ["the size of no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.ResizePane(NoPane, TerminalSize.Default)),
        ["the state of no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.SetPaneState(NoPane, PaneState.New)),
        ["the title of no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.SetPaneTitle(NoPane, "x")),
        ["the directory of no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.SetPaneWorkingDirectory(NoPane, "x")),
        ["the output of no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.AppendOutput(NoPane, "x"u8)),
        ["the output of the pane of number 0"] = (StoreError.PaneNotFound, static (batch, _) => batch.AppendOutput(default, "x"u8)),
        ["the output of a pane that is gone"] = (StoreError.PaneNotFound, static (batch, sample) =>
        {
            batch.DestroyPane(sample.Left);
            batch.AppendOutput(sample.Left, "x"u8);
        }),
        ["the configuration of no pane"] = (StoreError.PaneNotFound, static (batch, _) => batch.ConfigurePane(NoPane, TerminalStore.Shell)),
        ["selecting in no session"] = (StoreError.SessionNotFound, static (batch, sample) => batch.SelectWindow(NoSession, sample.Window)),
        ["selecting no window"] = (StoreError.WindowNotFound, static (batch, sample) => batch.SelectWindow(sample.Work, NoWindow)),
        ["selecting another session's window"] = (StoreError.WindowNotFound, static (batch, sample) => batch.SelectWindow(sample.Other, sample.Window)),
        ["selecting in no window"] = (StoreError.WindowNotFound, static (batch, sample) => batch.SelectPane(NoWindow, sample.Left)),
        ["selecting no pane"] = (StoreError.PaneNotFound, static (batch, sample) => batch.SelectPane(sample.Window, NoPane)),
        ["selecting another window's pane"] = (StoreError.PaneNotFound, static (batch, sample) => batch.SelectPane(sample.Window, sample.Alone)),
    };

    public static TheoryData<string> Names => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_withdraws_the_whole_batch_and_the_next_commit_is_as_if_it_had_never_been(string name)
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        TerminalSample sample = TerminalSample.Add(store);
        string before = store.Dump();
        int records = store.Store.ReadLog().Count();
        TerminalBatch batch = store.Terminals.CreateBatch();
        batch.CreateSession("first of the batch");
        batch.AppendOutput(sample.Left, "withdrawn"u8);
        batch.AppendOutput(sample.Right, "withdrawn"u8);
        Refusals[name].Add(batch, sample);
        batch.SetPaneTitle(sample.Right, "last of the batch");
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Terminals.Commit(batch));
        Assert.True(Refusals[name].Error == refused.Error, $"{refused.Error}: {refused.Message}");
        Assert.Equal(before, store.Dump());
        Assert.Equal(records, store.Store.ReadLog().Count());
        Assert.Null(store.Store.GetStatus().Fault);

        store.Change(next =>
        {
            next.AppendOutput(sample.Left, "kept"u8);
            next.AppendOutput(sample.Right, "kept"u8);
            next.CreateSession("first of the batch");
        });
        Assert.Equal("$ kept", store.ReadText(sample.Left));
        Assert.Equal("kept", store.ReadText(sample.Right));
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
    }

    /// <summary>A name, an index, a pane that another thread's commit has taken and that nobody sees yet.</summary>
    [Fact]
    public void What_is_sequenced_and_not_applied_counts()
    {
        using OperationBlocker disk = new();
        using TerminalStore store = disk.Own(TerminalStore.Create(disk.Files));
        TerminalSample sample = TerminalSample.Add(store);
        string before = store.Dump();
        OperationStop flush = disk.StopNext(static operation => operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/", StringComparison.Ordinal));
        PaneId created = default;
        BackgroundCall first = new("first", () => store.Change(batch =>
        {
            batch.RenameSession(batch.CreateSession("taken"), "renamed");
            batch.CreateWindow(sample.Other, "x");
            batch.DestroyPane(sample.Alone);
            batch.AppendOutput(sample.Left, "one "u8);
            created = batch.CreatePane(sample.Second, TerminalStore.Shell, TerminalSize.Default);
            batch.AppendOutput(created, "begin "u8);
        }));
        flush.WaitUntilReached();
        Assert.Equal(before, store.Dump());
        AssertRefused(store, StoreError.SessionExists, batch => batch.CreateSession("RENAMED"));
        AssertRefused(store, StoreError.WindowExists, batch => batch.CreateWindow(sample.Other, "x", 0));
        AssertRefused(store, StoreError.PaneNotFound, batch => batch.AppendOutput(sample.Alone, "x"u8));
        AssertRefused(store, StoreError.SessionNotFound, batch =>
        {
            batch.AppendOutput(sample.Left, "withdrawn"u8);
            batch.AppendOutput(created, "withdrawn"u8);
            batch.DestroySession(NoSession);
        });
        BackgroundCall second = new("second", () => store.Change(batch =>
        {
            batch.CreateSession("taken");
            batch.AppendOutput(sample.Left, "two"u8);
            batch.AppendOutput(created, "end"u8);
        }));
        flush.Release();
        first.Succeeded();
        second.Succeeded();
        Assert.Equal("$ one two", store.ReadText(sample.Left));
        Assert.Equal("begin end", store.ReadText(created));
        Assert.Equal(["other", "renamed", "taken", "work"], store.Terminals.Tree.Sessions.Values.Select(static session => session.Name).Order());
        using TerminalStore again = TerminalStore.Open(disk.Disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public async Task Committers_that_race_for_names_and_output_lose_nothing(DurabilityMode durability)
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, TestStore.SmallOptions with { Durability = durability });
        TerminalSample sample = TerminalSample.Add(store);
        int created = 0;
        int refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                TerminalBatch batch = store.Terminals.CreateBatch();
                batch.AppendOutput(sample.Left, [(byte)('a' + worker)]);
                batch.AppendOutput(sample.Right, "\n"u8);
                batch.CreateSession($"session {i}");
                try
                {
                    store.Terminals.Commit(batch);
                    Interlocked.Increment(ref created);
                }
                catch (StoreException e) when (e.Error == StoreError.SessionExists)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal((100, 300), (created, refused));
        Assert.Equal(102, store.Read(sample.Left).Length);
        Assert.Equal(100, store.Read(sample.Right).Length);
        store.Store.Flush();
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.None)]
    public async Task Whoever_looks_meanwhile_sees_a_batch_whole_or_not_at_all(DurabilityMode durability)
    {
        using TerminalStore store = TerminalStore.Create(new SimulatedFileSystem(), TestStore.SmallOptions with { Durability = durability });
        Task writer = Task.Run(
            () =>
            {
                for (int i = 0; i < 300; i++)
                {
                    store.Change(batch =>
                    {
                        WindowId window = batch.CreateWindow(batch.CreateSession($"session {i}"), "window");
                        batch.AppendOutput(batch.CreatePane(window, TerminalStore.Shell, TerminalSize.Default), "whole"u8);
                        batch.CreatePane(window, TerminalStore.Shell, TerminalSize.Default);
                    });
                }
            },
            TestContext.Current.CancellationToken);
        int seen;
        do
        {
            TerminalTree tree = store.Terminals.Tree;
            seen = tree.Sessions.Count;
            Assert.Equal((seen, 2 * seen), (tree.Windows.Count, tree.Panes.Count));
            if (seen > 0)
                Assert.Equal("whole", store.ReadText(tree.PanesOf(tree.Windows.Keys.Last())[0].Id));
        }
        while (seen < 300 && !writer.IsFaulted);
        await writer;
    }

    [Fact]
    public void Batches_are_one_states_and_not_empty()
    {
        using TerminalStore store = TerminalStore.Create();
        using TerminalStore other = TerminalStore.Create();
        TerminalBatch batch = other.Terminals.CreateBatch();
        batch.CreateSession("x");
        Assert.Throws<ArgumentException>(() => store.Terminals.Commit(batch));
        Assert.Throws<ArgumentException>(() => store.Terminals.Commit(store.Terminals.CreateBatch()));
        Assert.Throws<ArgumentNullException>(() => store.Terminals.Commit(null!));
        Assert.Throws<InvalidOperationException>(() => new TerminalState().CreateBatch());
        Assert.Empty(store.Store.ReadLog());
    }

    [Fact]
    public void A_closed_store_and_one_open_for_reading_say_so()
    {
        SimulatedFileSystem files = new();
        TerminalStore store = TerminalStore.Create(files);
        TerminalSample sample = TerminalSample.Add(store);
        using TerminalStore reader = TerminalStore.OpenReadOnly(files);
        Assert.Equal(store.Dump(), reader.Dump());
        AssertRefused(reader, StoreError.StoreReadOnly, batch => batch.DestroyPane(sample.Left));
        store.Store.Close();
        AssertRefused(store, StoreError.StoreClosed, batch => batch.DestroyPane(sample.Left));
        Assert.Equal(reader.Dump(), store.Dump());
    }

    private static void AssertRefused(TerminalStore store, StoreError error, Action<TerminalBatch> change) =>
        Assert.Equal(error, Assert.ThrowsAny<StoreException>(() => store.Change(change)).Error);

    private static TerminalLayout Split(params PaneId[] panes) => TerminalLayout.Split(SplitDirection.SideBySide, [.. panes.Select(static pane => new LayoutPart(TerminalLayout.Of(pane)))]);
}
