using Persistence.State;
using Persistence.Terminals;
using Persistence.Wal;

namespace Persistence.Tests.Terminals;

/// <summary>Something of everything: two sessions, the first with two windows, the first of those with two panes that have written something.</summary>
internal sealed class TerminalSample
{
    private TerminalSample(TerminalBatch batch)
    {
        Work = batch.CreateSession("work");
        Other = batch.CreateSession("other");
        Window = batch.CreateWindow(Work, "editor");
        Second = batch.CreateWindow(Work, "build", 5);
        Left = batch.CreatePane(Window, TerminalStore.Shell, TerminalSize.Default);
        Right = batch.CreatePane(Window, TerminalStore.Shell, TerminalSize.Default);
        Alone = batch.CreatePane(Second, TerminalStore.Shell, TerminalSize.Default);
        batch.SetMetadata(Work, "color", "red");
        batch.SetEnvironment(Work, EnvironmentEntry.Set("EDITOR", "vi"));
        batch.AppendOutput(Left, "$ "u8);
    }

    public SessionId Work { get; }

    public SessionId Other { get; }

    public WindowId Window { get; }

    public WindowId Second { get; }

    public PaneId Left { get; }

    public PaneId Right { get; }

    public PaneId Alone { get; }

    public static TerminalSample Add(TerminalStore store)
    {
        TerminalBatch batch = store.Terminals.CreateBatch();
        TerminalSample sample = new(batch);
        store.Terminals.Commit(batch);
        return sample;
    }

    /// <summary>What a record of terminals says.</summary>
    public static TerminalRecordKind KindOf(LogEntry entry)
    {
        if (entry.Type.Model != StateModelId.Terminals)
            throw new InvalidOperationException($"{entry.Type}");
        return (TerminalRecordKind)entry.Type.Kind;
    }
}
