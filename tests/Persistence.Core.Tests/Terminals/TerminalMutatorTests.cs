using System.Reflection;
using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Every way there is to change terminals: logged, and applied only then.</summary>
public sealed class TerminalMutatorTests
{
    private static readonly Dictionary<string, (TerminalRecordKind Kind, Action<TerminalBatch, TerminalSample> Add)> Mutators = new()
    {
        ["SessionId CreateSession(String)"] = (TerminalRecordKind.SessionCreated, static (batch, _) => batch.CreateSession("new")),
        ["Void DestroySession(SessionId)"] = (TerminalRecordKind.SessionDestroyed, static (batch, sample) => batch.DestroySession(sample.Work)),
        ["Void RenameSession(SessionId, String)"] = (TerminalRecordKind.SessionRenamed, static (batch, sample) => batch.RenameSession(sample.Work, "WORK")),
        ["Void SetMetadata(SessionId, String, String)"] = (TerminalRecordKind.SessionMetadataSet, static (batch, sample) => batch.SetMetadata(sample.Work, "color", "blue")),
        ["Void UnsetMetadata(SessionId, String)"] = (TerminalRecordKind.SessionMetadataUnset, static (batch, sample) => batch.UnsetMetadata(sample.Work, "color")),
        ["Void SetEnvironment(SessionId, EnvironmentEntry)"] = (TerminalRecordKind.SessionEnvironmentSet, static (batch, sample) => batch.SetEnvironment(sample.Work, EnvironmentEntry.Withhold("EDITOR"))),
        ["Void UnsetEnvironment(SessionId, String)"] = (TerminalRecordKind.SessionEnvironmentUnset, static (batch, sample) => batch.UnsetEnvironment(sample.Work, "EDITOR")),
        ["WindowId CreateWindow(SessionId, String, Nullable`1)"] = (TerminalRecordKind.WindowCreated, static (batch, sample) => batch.CreateWindow(sample.Work, "new")),
        ["Void DestroyWindow(WindowId)"] = (TerminalRecordKind.WindowDestroyed, static (batch, sample) => batch.DestroyWindow(sample.Window)),
        ["Void RenameWindow(WindowId, String)"] = (TerminalRecordKind.WindowRenamed, static (batch, sample) => batch.RenameWindow(sample.Window, "new")),
        ["Void MoveWindow(WindowId, SessionId, Nullable`1)"] = (TerminalRecordKind.WindowMoved, static (batch, sample) => batch.MoveWindow(sample.Window, sample.Other)),
        ["Void SetLayout(WindowId, TerminalLayout)"] = (TerminalRecordKind.WindowLayout, static (batch, sample) =>
            batch.SetLayout(sample.Window, TerminalLayout.Split(SplitDirection.Stacked, new LayoutPart(TerminalLayout.Of(sample.Right), 2), new LayoutPart(TerminalLayout.Of(sample.Left))))),
        ["PaneId CreatePane(WindowId, PaneConfiguration, TerminalSize, PanePlacement)"] = (TerminalRecordKind.PaneCreated, static (batch, sample) => batch.CreatePane(sample.Window, TerminalStore.Shell, TerminalSize.Default)),
        ["Void DestroyPane(PaneId)"] = (TerminalRecordKind.PaneDestroyed, static (batch, sample) => batch.DestroyPane(sample.Left)),
        ["Void ResizePane(PaneId, TerminalSize)"] = (TerminalRecordKind.PaneResized, static (batch, sample) => batch.ResizePane(sample.Left, new TerminalSize(132, 43))),
        ["Void SetPaneState(PaneId, PaneState)"] = (TerminalRecordKind.PaneState, static (batch, sample) => batch.SetPaneState(sample.Left, PaneState.Exited(3, 0, null))),
        ["Void SetPaneTitle(PaneId, String)"] = (TerminalRecordKind.PaneTitle, static (batch, sample) => batch.SetPaneTitle(sample.Left, "vi")),
        ["Void SetPaneWorkingDirectory(PaneId, String)"] = (TerminalRecordKind.PaneWorkingDirectory, static (batch, sample) => batch.SetPaneWorkingDirectory(sample.Left, "/tmp")),
        ["Void AppendOutput(PaneId, ReadOnlySpan`1)"] = (TerminalRecordKind.PaneOutput, static (batch, sample) => batch.AppendOutput(sample.Left, "ls\n"u8)),
        ["Void SelectWindow(SessionId, WindowId)"] = (TerminalRecordKind.ActiveWindow, static (batch, sample) => batch.SelectWindow(sample.Work, sample.Second)),
        ["Void SelectPane(WindowId, PaneId)"] = (TerminalRecordKind.ActivePane, static (batch, sample) => batch.SelectPane(sample.Window, sample.Right)),
        ["Void ConfigurePane(PaneId, PaneConfiguration)"] = (TerminalRecordKind.PaneConfigured, static (batch, sample) => batch.ConfigurePane(sample.Left, TerminalStore.Shell with { Arguments = ["-l"] })),
        ["Void SetScrollbackLimits(ScrollbackLimits)"] = (TerminalRecordKind.ScrollbackLimits, static (batch, _) => batch.SetScrollbackLimits(new ScrollbackLimits(5, 0))),
    };

    /// <summary>What takes a batch, and what changes nothing.</summary>
    private static readonly string[] Others =
    [
        "Int32 get_Count()", "TerminalTree get_Tree()", "StateModelId get_Id()", "Byte get_SnapshotVersion()", "Int64 get_UnstoredBytes()", "PaneOutput FindOutput(PaneId)", "TerminalBatch CreateBatch()",
        "CommitResult Commit(TerminalBatch, CommitDurability)", "ValueTask`1 CommitAsync(TerminalBatch, CommitDurability)",
    ];

    public static TheoryData<string> Names => [.. Mutators.Keys];

    [Fact]
    public void Every_mutator_there_is_is_listed_here_and_every_kind_of_record_has_one()
    {
        IEnumerable<string> methods = ((Type[])[typeof(TerminalState), typeof(TerminalBatch)])
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).Select(Describe);
        Assert.Equal(methods.Order(), Mutators.Keys.Concat(Others).Order());
        Assert.Equal(Enum.GetValues<TerminalRecordKind>(), Mutators.Values.Select(static mutator => mutator.Kind).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_writes_one_record_of_its_kind_and_replay_and_checkpoints_have_what_it_has_done(string name)
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, TerminalStore.Increments);
        TerminalSample sample = TerminalSample.Add(store);
        store.Store.TakeCheckpoint();
        string before = store.Dump();
        int records = store.Store.ReadLog().Count();
        store.Change(batch => Mutators[name].Add(batch, sample));
        LogEntry added = Assert.Single(store.Store.ReadLog().Skip(records));
        Assert.Equal(Mutators[name].Kind, TerminalSample.KindOf(added));
        Assert.NotEqual(before, store.Dump());
        AssertOpens(store, files);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        AssertOpens(store, files);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        AssertOpens(store, files);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_of_it_is_seen_before_it_is_in_the_log(string name)
    {
        foreach (StorageOperationKind failing in (StorageOperationKind[])[StorageOperationKind.Write, StorageOperationKind.SyncData])
        {
            bool fails = false;
            FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
                fails && operation.Kind == failing && operation.Path.StartsWith("wal/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.Failed) : null);
            using TerminalStore store = TerminalStore.Create(files);
            TerminalSample sample = TerminalSample.Add(store);
            string before = store.Dump();
            fails = true;
            Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(() => store.Change(batch => Mutators[name].Add(batch, sample))).Error);
            Assert.Equal(before, store.Dump());
        }
    }

    [Fact]
    public async Task An_asynchronous_commit_does_the_same_and_leaves_the_batch_empty()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        TerminalSample sample = TerminalSample.Add(store);
        TerminalBatch batch = store.Terminals.CreateBatch();
        foreach ((_, Action<TerminalBatch, TerminalSample> add) in Mutators.Values.Where(static mutator => mutator.Kind is not (TerminalRecordKind.SessionDestroyed or TerminalRecordKind.WindowDestroyed or TerminalRecordKind.PaneDestroyed or TerminalRecordKind.WindowMoved or TerminalRecordKind.PaneCreated)))
        {
            add(batch, sample);
            ValueTask<CommitResult> task = store.Terminals.CommitAsync(batch);
            Assert.Equal(0, batch.Count);
            await task;
        }

        AssertOpens(store, files);
    }

    private static void AssertOpens(TerminalStore store, SimulatedFileSystem files)
    {
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending), TerminalStore.Increments);
        Assert.Equal(store.Dump(), again.Dump());
        Assert.DoesNotContain(again.Store.RecoveryReport.Findings, static finding => finding.Severity == FindingSeverity.Error);
    }

    private static string Describe(MethodInfo method) =>
        $"{method.ReturnType.Name} {method.Name}({string.Join(", ", method.GetParameters().Select(static parameter => parameter.ParameterType.Name))})";
}
