using System.Text;
using Persistence.Terminals;
using Persistence.Tests.Terminals;
using Xunit;

namespace Persistence.Tests.Configuration;

/// <summary>A store opened as it is configured, and one pane in it that runs.</summary>
internal sealed class ConfiguredPanes : IDisposable
{
    private readonly ConfiguredStore _store;

    private ConfiguredPanes(ConfiguredStore store)
    {
        _store = store;
        Host = new PaneHost(store.Terminals, HostedStore.Context(), () => store.Store.Options);
    }

    public PaneHost Host { get; }

    public PaneId Pane { get; private set; }

    public TerminalState Terminals => _store.Terminals;

    public PaneOutput Output => Terminals.FindOutput(Pane)!;

    public static ConfiguredPanes Create(Told told, params (string Key, object Value)[] settings)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !File.Exists("/bin/sh"), "Needs /bin/sh.");
        return new(ConfiguredStore.Create(told, [("log.segment_bytes", 1 << 20), .. settings]));
    }

    public void Configure(params (string Key, object Value)[] settings)
    {
        ConfiguredStore.WriteFile(_store.Host.Files, ConfiguredStore.TextOf(settings));
        _store.Store.ReloadConfiguration();
    }

    public void Start(string script)
    {
        TerminalBatch batch = Terminals.CreateBatch();
        Pane = batch.CreatePane(batch.CreateWindow(batch.CreateSession("configured"), "sh"), HostedStore.Sh(script), TerminalSize.Default);
        Host.Commit(batch);
        Host.Start(Pane);
    }

    /// <summary>Runs a script to its end.</summary>
    public void Run(string script)
    {
        Start($"stty -opost; {script}");
        HostedStore.Await(() => Terminals.Tree.Panes[Pane].State.Status == PaneStatus.Exited, () => "the end of the script");
    }

    public void Type(string line) => Host.Send(Pane, Encoding.UTF8.GetBytes(line + "\n"));

    public void Await(string text) => HostedStore.Await(() => Encoding.UTF8.GetString(Output.ReadAll()).Contains(text, StringComparison.Ordinal), () => text);

    public string[] Lines() => Encoding.UTF8.GetString(Output.ReadAll()).Split('\n');

    public void Dispose()
    {
        Host.Dispose();
        _store.Dispose();
    }
}
