namespace Persistence.Terminals;

/// <summary>Values of variables that are withheld, as far as a host was given them: in its memory alone. Not thread-safe.</summary>
internal sealed class HeldSecrets
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    // What is in here never changes.
    private readonly Dictionary<PaneId, IReadOnlyDictionary<string, string>> _ofPanes = [];
    private readonly Dictionary<SessionId, IReadOnlyDictionary<string, string>> _ofSessions = [];

    /// <summary>Adds to those of a session.</summary>
    public void Keep(SessionId session, IReadOnlyDictionary<string, string> secrets) => _ofSessions[session] = Merge(_ofSessions.GetValueOrDefault(session, None), secrets);

    /// <summary>Adds to those of a pane.</summary>
    public void Keep(PaneId pane, IReadOnlyDictionary<string, string> secrets) => _ofPanes[pane] = Merge(_ofPanes.GetValueOrDefault(pane, None), secrets);

    /// <summary>What a program is to find.</summary>
    /// <param name="session">The session it is in.</param>
    /// <param name="pane">The pane it is in.</param>
    /// <param name="given">What takes the place of all that was known of the pane; null: that is known.</param>
    public KnownSecrets Find(SessionId session, PaneId pane, IReadOnlyDictionary<string, string>? given)
    {
        if (given is not null)
            _ofPanes[pane] = Merge(None, given);
        IReadOnlyDictionary<string, string> ofPane = _ofPanes.GetValueOrDefault(pane, None);
        return new KnownSecrets(Merge(_ofSessions.GetValueOrDefault(session, None), ofPane), ofPane);
    }

    /// <summary>Forgets those of what is there no more.</summary>
    public void Forget(TerminalTree tree)
    {
        foreach (PaneId pane in _ofPanes.Keys.Where(pane => !tree.Panes.ContainsKey(pane)).ToArray())
            _ofPanes.Remove(pane);
        foreach (SessionId session in _ofSessions.Keys.Where(session => !tree.Sessions.ContainsKey(session)).ToArray())
            _ofSessions.Remove(session);
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> over)
    {
        Dictionary<string, string> merged = new(first, StringComparer.Ordinal);
        foreach ((string name, string value) in over)
            merged[name] = value;
        return merged;
    }
}
