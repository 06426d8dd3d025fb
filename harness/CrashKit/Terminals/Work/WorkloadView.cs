using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>What requests are drawn from: what there is after all that was sent, as far as the host has told its numbers.</summary>
/// <param name="random">Where choices come from.</param>
/// <param name="oracle">What there must be.</param>
internal sealed class WorkloadView(Random random, TerminalOracle oracle)
{
    private int _key;

    public Random Random => random;

    public TreeModel Tree => oracle.Intended;

    public IEnumerable<ModelSession> Sessions => Tree.Sessions.Values.Where(IsKnown);

    public IEnumerable<ModelWindow> Windows => Tree.Windows.Values.Where(IsKnown);

    public IEnumerable<PaneOracle> Panes => oracle.Present.Where(pane => IsKnownPane(pane.Key));

    public bool IsKnown(ModelSession session) => oracle.Facts.Sessions.Find(session.Key) is not null;

    public bool IsKnown(ModelWindow window) => oracle.Facts.Windows.Find(window.Key) is not null;

    public bool IsKnownPane(int key) => oracle.Facts.Panes.Find(key) is not null;

    public long IdOf(ModelSession session) => oracle.Facts.Sessions.Find(session.Key)!.Value;

    public long IdOf(ModelWindow window) => oracle.Facts.Windows.Find(window.Key)!.Value;

    public long IdOf(PaneOracle pane) => IdOfPane(pane.Key);

    public long IdOfPane(int key) => oracle.Facts.Panes.Find(key)!.Value;

    /// <summary>The window a pane is in.</summary>
    public ModelWindow WindowOf(PaneOracle pane) => Tree.Windows[Tree.Panes[pane.Key].Window];

    /// <summary>A number that was never used.</summary>
    public int NewKey() => ++_key;

    /// <summary>A name that was never used.</summary>
    public string NewName() => $"name {NewKey()} é";

    /// <summary>One of them; the default when there is none.</summary>
    public T? Pick<T>(IEnumerable<T> from)
    {
        T[] all = [.. from];
        return all.Length == 0 ? default : all[random.Next(all.Length)];
    }

    public bool IsOneIn(int count) => random.Next(count) == 0;
}
