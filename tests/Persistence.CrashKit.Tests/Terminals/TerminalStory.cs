using System.Globalization;
using System.Text;
using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Terminals.Model;
using Persistence.CrashKit.Terminals.Output;
using Persistence.CrashKit.Terminals.Work;
using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage.Simulated;
using Persistence.Terminals;

namespace Persistence.CrashKit.Tests.Terminals;

/// <summary>
/// What a host was asked and told, by hand, and a store beside it that holds what the test says: a session (k1), a window (k2), a pane (k3) in which process 100 runs, all of it answered.
/// </summary>
internal sealed class TerminalStory : IDisposable
{
    public const int Session = 1;
    public const int Window = 2;
    public const int Pane = 3;
    public const int Process = 100;
    public const string Greeting = "\u001Eup 100\n";

    private readonly PersistenceStore _store;
    private readonly TerminalState _state = new();
    private readonly PaneSpecification _specification;
    private int _token;

    /// <param name="answersPromise">As for the oracle.</param>
    /// <param name="saysTitles">Whether the pane's programs say its title.</param>
    /// <param name="lines">The pane's limit of lines; 0: none.</param>
    /// <param name="keptLines">The limit of lines that it really has.</param>
    public TerminalStory(bool answersPromise = true, bool saysTitles = false, long lines = 0, long? keptLines = null)
    {
        StoreHost host = new(new SimulatedFileSystem(), SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance, new ProcessIdentity(1, DateTimeOffset.UnixEpoch, "boot", "host"));
        PersistenceStore.Create(host, new());
        _store = PersistenceStore.Open(host, new(), [_state]);
        Oracle = new TerminalOracle(answersPromise);
        _specification = new PaneSpecification { Token = "k3", Directory = "/tmp", Lines = lines, Bytes = lines == 0 ? 1 << 30 : 0 };
        Create("session", Session, tree => tree.CreateSession(Session, "k1"), batch => batch.CreateSession("k1"));
        Create("window", Window, tree => tree.CreateWindow(Window, Session, "k2", null), batch => batch.CreateWindow(new SessionId(1), "k2"));
        CreatePane(saysTitles, keptLines ?? lines);
        Write(Greeting);
        Tell();
        if (!answersPromise)
            Flush();
    }

    public TerminalOracle Oracle { get; }

    public PaneOracle PaneOracle => Oracle.Panes[Pane];

    public static Action<TerminalBatch> Renaming(string name) => batch => batch.RenameSession(new SessionId(1), name);

    /// <summary>Sends a request to rename the session.</summary>
    public TerminalStory Rename(string name, bool isAnswered = true, bool isKept = true) =>
        Ask(RequestJson.Change("rename-session", tree => tree.RenameSession(Session, name)), "{}", isAnswered, isKept ? Renaming(name) : null);

    /// <summary>Sends a request to say something of the session.</summary>
    public TerminalStory SetMetadata(string value, bool isAnswered = true, bool isKept = true) => Ask(
        RequestJson.Change("set-metadata", tree => tree.SetMetadata(Session, "key", value)), "{}", isAnswered, isKept ? batch => batch.SetMetadata(new SessionId(1), "key", value) : null);

    /// <summary>Sends a request to create another window, which gets a number.</summary>
    public TerminalStory CreateWindow(int key, long id, bool isAnswered = true, bool isKept = true) => Ask(
        new CreateRequest("create-window", static _ => { }, tree => tree.CreateWindow(key, Session, $"k{key}", null), "window", key), $$"""{"window":{{id}}}""", isAnswered,
        isKept ? batch => batch.CreateWindow(new SessionId(1), $"k{key}") : null);

    /// <summary>The store has it.</summary>
    public TerminalStory Keep(Action<TerminalBatch> change)
    {
        TerminalBatch batch = _state.CreateBatch();
        change(batch);
        _state.Commit(batch);
        return this;
    }

    public TerminalStory Flush() => Ask(PlainRequest.Flush(), "{}", isAnswered: true, null);

    /// <summary>Types something, which writes so much beside its first line.</summary>
    public ShellCommand Type(params OutputPart[] parts)
    {
        string token = string.Create(CultureInfo.InvariantCulture, $"\u001Et{++_token}\n");
        return Type(new ShellCommand("", [new LiteralPart(token), .. parts]));
    }

    public ShellCommand Type(ShellCommand command)
    {
        Ask(new SendRequest(1, PaneOracle, command), "{}", isAnswered: true, null);
        return command;
    }

    /// <summary>The pane's output in the store goes on.</summary>
    public TerminalStory Write(string text) => Keep(batch => batch.AppendOutput(new PaneId(1), Encoding.Latin1.GetBytes(text)));

    /// <summary>The host tells what the store holds of the output.</summary>
    public Discrepancy? Tell()
    {
        PaneOutput output = _state.FindOutput(new PaneId(1))!;
        OutputPiece? piece = output.ReadNext(PaneOracle.Output.Known);
        Oracle.Send(new ReadRequest(1, PaneOracle));
        string bytes = Convert.ToBase64String(piece is OutputPiece found ? found.Bytes.Span : []);
        return Hear($$"""{"position":{{piece?.Position ?? PaneOracle.Output.Known}},"end":{{output.End}},"bytes":"{{bytes}}"}""");
    }

    /// <summary>The host tells of so many bytes that the store does not hold.</summary>
    public TerminalStory TellMore(string text)
    {
        Oracle.Send(new ReadRequest(1, PaneOracle));
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        long position = PaneOracle.Output.Known;
        if (Hear($$"""{"position":{{position}},"end":{{position + bytes.Length}},"bytes":"{{Convert.ToBase64String(bytes)}}"}""") is Discrepancy wrong)
            throw new InvalidOperationException(wrong.ToString());
        return this;
    }

    public TerminalStory Ask(HostRequest request, string answer, bool isAnswered, Action<TerminalBatch>? kept)
    {
        Oracle.Send(request);
        if (kept is not null)
            Keep(kept);
        if (isAnswered && Hear(answer) is Discrepancy wrong)
            throw new InvalidOperationException(wrong.ToString());
        return this;
    }

    public Discrepancy? Hear(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        return Oracle.Hear(document.RootElement.Clone());
    }

    /// <summary>The host was killed: the oracle judges the store as it is.</summary>
    public TerminalJudgement Judge(HostEnd end = HostEnd.Killed) => Oracle.Judge(_state.Tree, pane => _state.FindOutput(pane)!, end);

    /// <summary>The kind of what is wrong; null when nothing is.</summary>
    public DiscrepancyKind? FindKind(HostEnd end = HostEnd.Killed) => Judge(end).Discrepancies is [Discrepancy first, ..] ? first.Kind : null;

    /// <summary>What was judged right is what follows is held against.</summary>
    public TerminalStory Settle()
    {
        Oracle.Settle(Judge(), _state.Tree, pane => _state.FindOutput(pane)!);
        return this;
    }

    public void Dispose() => _store.Dispose();

    private void Create(string kind, int key, Func<TreeModel, TreeModel> change, Action<TerminalBatch> kept) =>
        Ask(new CreateRequest($"create-{kind}", static _ => { }, change, kind, key), $$"""{"{{kind}}":1}""", isAnswered: true, kept);

    private void CreatePane(bool saysTitles, long keptLines)
    {
        PaneConfiguration configuration = new()
        {
            Command = "/bin/sh",
            Arguments = ["-c", ShellCommands.Script("up"), "pane", "k3"],
            WorkingDirectory = "/tmp",
            Environment = [EnvironmentEntry.Set(PaneSpecification.TokenVariable, "k3"), EnvironmentEntry.Set("PS1", ""), EnvironmentEntry.Set("PS2", ""), EnvironmentEntry.Remove("ENV")],
            Scrollback = new ScrollbackLimits(keptLines, keptLines == 0 ? 1 << 30 : 0),
        };
        // Where less is kept than should be, that is not to be seen in the configuration.
        string text = (_specification with { Lines = keptLines, Bytes = keptLines == 0 ? 1 << 30 : 0 }).ToText();
        ModelPane pane = new(Pane, Window, 80, 24, text) { Title = saysTitles ? null : "" };
        CreatePaneRequest request = new(static _ => { }, tree => tree.CreatePane(pane, 0, "right", null), new PaneOracle(Pane, _specification, saysTitles));
        Ask(request, $$"""{"pane":1,"pid":{{Process}}}""", isAnswered: true, batch =>
        {
            PaneId created = batch.CreatePane(new WindowId(1), configuration, TerminalSize.Default);
            batch.SetPaneState(created, PaneState.Running(ProcessOf(Process)));
        });
    }

    public static PaneProcess ProcessOf(int id) => new(id, DateTimeOffset.UnixEpoch, "boot", "host");
}
