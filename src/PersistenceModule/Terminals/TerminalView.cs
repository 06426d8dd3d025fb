using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>The terminals of a store as they are at one moment, to be shown.</summary>
internal sealed class TerminalView
{
    private readonly WalStore _store;
    private readonly StorePanes? _running;
    private readonly Lazy<bool> _isHeldElsewhere;
    private readonly Lazy<NamePatterns> _secretPatterns;

    /// <param name="store">The store.</param>
    /// <param name="origin">What objects say of where they are from.</param>
    public TerminalView(WalStore store, StoreOrigin origin)
    {
        _store = store;
        WalStore? writer = store.IsReadOnly ? WalCmdlet.FindOpenWriter(store.Path) : store;
        _running = writer?.Panes;
        _isHeldElsewhere = new Lazy<bool>(() => writer is null && store.IsHeldElsewhere());
        _secretPatterns = new Lazy<NamePatterns>(ReadSecretPatterns);
        Tree = store.Panes.Tree;
        Origin = origin;
    }

    public TerminalTree Tree { get; }

    public StoreOrigin Origin { get; }

    /// <summary>Which variables look like secrets.</summary>
    public NamePatterns SecretPatterns => _secretPatterns.Value;

    /// <summary>Whether a program of this process runs in a pane.</summary>
    public bool IsLive(PaneId pane) => _running?.IsLive(pane) ?? false;

    /// <summary>Whether a program runs in a pane: after a crash none does, whatever was logged last.</summary>
    public bool IsRunning(TerminalPane pane) => pane.State.Status == PaneStatus.Running && (IsLive(pane.Id) || _isHeldElsewhere.Value);

    public PaneOutput? FindOutput(PaneId pane) => _store.Panes.State.FindOutput(pane);

    public TerminalSessionInfo Describe(TerminalSession session) => new(this, session);

    public TerminalWindowInfo Describe(TerminalWindow window) => new(this, window);

    public TerminalPaneInfo Describe(TerminalPane pane) => new(this, pane);

    /// <summary>A handle that only reads has no configuration of its own. Where nobody can tell what a secret looks like, everything does.</summary>
    private NamePatterns ReadSecretPatterns()
    {
        try
        {
            return _store.Engine.GetConfiguration().Options.TerminalSecretPatterns;
        }
        catch (StoreException)
        {
            return ["*"];
        }
    }
}
