namespace Persistence.Terminals;

/// <summary>Values of variables that are withheld, by name, as far as a host was given them for a pane.</summary>
/// <param name="OfSession">For variables of the pane's session: what was given for the session, and over it what was given for the pane.</param>
/// <param name="OfPane">For variables of the pane itself: a value of the session's variable of that name is none for them.</param>
internal sealed record KnownSecrets(IReadOnlyDictionary<string, string> OfSession, IReadOnlyDictionary<string, string> OfPane);
