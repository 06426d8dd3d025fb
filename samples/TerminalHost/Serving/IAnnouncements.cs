using Persistence.Recovery;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>What a host says of itself while it starts.</summary>
internal interface IAnnouncements
{
    /// <summary>The store is open.</summary>
    void Opened(RecoveryReport report);

    /// <summary>What became of a pane.</summary>
    void Restored(PaneRestoration pane);

    /// <summary>Requests are answered from now on.</summary>
    /// <param name="socket">Where, or null for standard input alone.</param>
    void Serving(string? socket);
}
