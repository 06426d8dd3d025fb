using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class TerminalChangeTests
{
    [Fact]
    public void History_says_of_every_kind_what_was_changed()
    {
        using TerminalStore store = TerminalStore.Create();
        SessionId session = default;
        WindowId window = default;
        PaneId pane = default;
        PaneId other = default;
        store.Change(batch =>
        {
            session = batch.CreateSession("work");
            batch.RenameSession(session, "build");
            batch.SetMetadata(session, "ticket", "42");
            batch.UnsetMetadata(session, "ticket");
            batch.SetEnvironment(session, EnvironmentEntry.Set("MODE", "fast"));
            batch.UnsetEnvironment(session, "MODE");
            window = batch.CreateWindow(session, "shell");
            pane = batch.CreatePane(window, TerminalStore.Shell, new TerminalSize(100, 30));
            other = batch.CreatePane(window, TerminalStore.Shell, TerminalSize.Default);
            batch.RenameWindow(window, "make");
            batch.MoveWindow(window, session, 7);
            batch.SetLayout(window, TerminalLayout.Split(SplitDirection.Stacked, new LayoutPart(TerminalLayout.Of(pane)), new LayoutPart(TerminalLayout.Of(other), 2)));
            batch.ResizePane(pane, new TerminalSize(10, 5));
            batch.SetPaneState(pane, PaneState.Exited(3, 0, null));
            batch.SetPaneTitle(pane, "title");
            batch.SetPaneWorkingDirectory(pane, "/tmp");
            batch.AppendOutput(pane, "first"u8);
            batch.AppendOutput(pane, "second"u8);
            batch.SelectWindow(session, window);
            batch.SelectPane(window, other);
            batch.ConfigurePane(pane, new PaneConfiguration { Command = "vi" });
            batch.SetScrollbackLimits(new ScrollbackLimits(5, 6));
            batch.DestroyPane(other);
            batch.DestroyWindow(window);
            batch.DestroySession(session);
        });

        Dictionary<TerminalRecordKind, TerminalChange> changes = [];
        foreach (TerminalChange change in TerminalLog.Read(store.Store))
            changes[change.Kind] = change;

        // What nobody has said anything of cannot be shown.
        Assert.Equal(Enum.GetValues<TerminalRecordKind>().Order(), changes.Keys.Order());
        Assert.Equal((session, "work"), (changes[TerminalRecordKind.SessionCreated].Session!.Value, changes[TerminalRecordKind.SessionCreated].Name));
        Assert.Equal("build", changes[TerminalRecordKind.SessionRenamed].Name);
        Assert.Equal(("ticket", "42"), (changes[TerminalRecordKind.SessionMetadataSet].Name, changes[TerminalRecordKind.SessionMetadataSet].Text));
        Assert.Equal("ticket", changes[TerminalRecordKind.SessionMetadataUnset].Name);
        Assert.Equal(EnvironmentEntry.Set("MODE", "fast"), changes[TerminalRecordKind.SessionEnvironmentSet].Variable);
        Assert.Equal("MODE", changes[TerminalRecordKind.SessionEnvironmentUnset].Name);
        Assert.Equal((session, window, 0), (changes[TerminalRecordKind.WindowCreated].Session!.Value, changes[TerminalRecordKind.WindowCreated].Window!.Value, changes[TerminalRecordKind.WindowCreated].Index!.Value));
        Assert.Equal("make", changes[TerminalRecordKind.WindowRenamed].Name);
        Assert.Equal((session, 7), (changes[TerminalRecordKind.WindowMoved].Session!.Value, changes[TerminalRecordKind.WindowMoved].Index!.Value));
        Assert.Equal($"[{pane}/2*{other}]", changes[TerminalRecordKind.WindowLayout].Layout!.ToString());
        Assert.Equal((other, window, "/bin/sh"), (changes[TerminalRecordKind.PaneCreated].Pane!.Value, changes[TerminalRecordKind.PaneCreated].Window!.Value, changes[TerminalRecordKind.PaneCreated].Configuration!.Command));
        Assert.Equal(new TerminalSize(10, 5), changes[TerminalRecordKind.PaneResized].Size);
        Assert.Equal(3, changes[TerminalRecordKind.PaneState].State!.ExitCode);
        Assert.Equal("title", changes[TerminalRecordKind.PaneTitle].Text);
        Assert.Equal("/tmp", changes[TerminalRecordKind.PaneWorkingDirectory].Text);
        Assert.Equal((pane, 5, 6), (changes[TerminalRecordKind.PaneOutput].Pane!.Value, changes[TerminalRecordKind.PaneOutput].OutputPosition!.Value, changes[TerminalRecordKind.PaneOutput].OutputBytes!.Value));
        Assert.Equal((session, window), (changes[TerminalRecordKind.ActiveWindow].Session!.Value, changes[TerminalRecordKind.ActiveWindow].Window!.Value));
        Assert.Equal((window, other), (changes[TerminalRecordKind.ActivePane].Window!.Value, changes[TerminalRecordKind.ActivePane].Pane!.Value));
        Assert.Equal("vi", changes[TerminalRecordKind.PaneConfigured].Configuration!.Command);
        Assert.Equal(new ScrollbackLimits(5, 6), changes[TerminalRecordKind.ScrollbackLimits].Limits);
        Assert.Equal(other, changes[TerminalRecordKind.PaneDestroyed].Pane);
        Assert.Equal(window, changes[TerminalRecordKind.WindowDestroyed].Window);
        Assert.Equal(session, changes[TerminalRecordKind.SessionDestroyed].Session);
    }

    [Fact]
    public void What_is_newer_is_not_supported_rather_than_damaged()
    {
        RecordType output = new(StateModelId.Terminals, (byte)TerminalRecordKind.PaneOutput);
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.Throws<StoreException>(() => TerminalChange.Read(output, 2, [])).Error);
        Assert.False(TerminalChange.Is(new RecordType(StateModelId.Terminals, 200)));
        Assert.False(TerminalChange.Is(RecordType.ApplicationRecord));
        Assert.Throws<MalformedDataException>(() => TerminalChange.Read(output, 1, [0xC0]));
    }
}
