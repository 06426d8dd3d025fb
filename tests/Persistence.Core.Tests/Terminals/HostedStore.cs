using System.Diagnostics;
using System.Text;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage.Disk;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>A store whose panes run: real programs on real pseudo-terminals, over a disk in memory.</summary>
internal sealed class HostedStore : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private HostedStore(SimulatedFileSystem files, StoreOptions options, bool creates, IReadOnlyDictionary<string, string>? environment)
    {
        Files = files;
        StoreHost host = TestStore.HostFor(files);
        if (creates)
            PersistenceStore.Create(host, options);
        Options = options;
        Terminals = new TerminalState();
        Store = PersistenceStore.Open(host, options, [Terminals]);
        Host = new PaneHost(Terminals, Context(environment), () => Options);
    }

    public static readonly StoreOptions SyncOptions = TestStore.SmallOptions with { SegmentBytes = 1 << 20 };

    public SimulatedFileSystem Files { get; }

    public StoreOptions Options { get; set; }

    public TerminalState Terminals { get; }

    public PersistenceStore Store { get; }

    public PaneHost Host { get; }

    public static PaneHostContext Context(IReadOnlyDictionary<string, string>? environment = null) => new()
    {
        Ptys = PtySystem.Create(SystemScheduler.Instance, TimeProvider.System),
        Scheduler = SystemScheduler.Instance,
        Clock = TimeProvider.System,
        Process = CurrentProcess.Identify(),
        Environment = environment ?? new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin", ["PS1"] = "$ " },
        IsProcessAlive = CurrentProcess.IsAlive,
        CurrentDirectory = Path.GetTempPath(),
    };

    public static HostedStore Create(StoreOptions? options = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !File.Exists("/bin/sh"), "Needs /bin/sh.");
        return new(new SimulatedFileSystem(), options ?? SyncOptions, creates: true, environment);
    }

    public static HostedStore Open(SimulatedFileSystem files, StoreOptions? options = null, IReadOnlyDictionary<string, string>? environment = null) => new(files, options ?? SyncOptions, creates: false, environment);

    public PaneId AddPane(PaneConfiguration? configuration = null, string session = "work")
    {
        TerminalBatch batch = Terminals.CreateBatch();
        SessionId id = Terminals.Tree.FindSession(session)?.Id ?? batch.CreateSession(session);
        PaneId pane = batch.CreatePane(batch.CreateWindow(id, "shell"), configuration ?? TerminalStore.Shell, TerminalSize.Default);
        Host.Commit(batch);
        return pane;
    }

    public PaneId StartPane(PaneConfiguration? configuration = null, string session = "work")
    {
        PaneId pane = AddPane(configuration, session);
        Assert.True(Host.Start(pane));
        return pane;
    }

    public static PaneConfiguration Sh(string script) => new() { Command = "/bin/sh", Arguments = ["-c", script] };

    public void Type(PaneId pane, string line) => Host.Send(pane, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Has a shell write a text that what is typed does not have.</summary>
    public void Say(PaneId pane, string text) => Type(pane, $"echo {text[..1]}''{text[1..]}");

    public string Text(PaneId pane) => Encoding.UTF8.GetString(Terminals.FindOutput(pane)!.ReadAll());

    /// <summary>Waits until a pane's output has a text.</summary>
    public void Await(PaneId pane, string text) => Await(() => Text(pane).Contains(text, StringComparison.Ordinal), () => $"'{text}' in '{Text(pane)}'");

    public void AwaitExit(PaneId pane) => Await(() => Terminals.Tree.Panes[pane].State.Status == PaneStatus.Exited, () => $"the end of pane {pane}: {Terminals.Tree.Panes[pane].State}");

    public static void Await(Func<bool> condition, Func<string> what)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, $"Waited for {what()}.");
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        Host.Dispose();
        Store.Dispose();
    }

    public IReadOnlyList<PaneRestoration> Restore() => [.. Host.Restore(cancellation: TestContext.Current.CancellationToken)];

    /// <summary>As if the process had died: the disk as it is, and what the programs were is not noted.</summary>
    public SimulatedFileSystem Kill()
    {
        SimulatedFileSystem left = Files.CrashImage(CrashImageKind.DropPending);
        Dispose();
        return left;
    }
}
