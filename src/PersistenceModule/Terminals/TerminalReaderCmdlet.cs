using System.Globalization;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>A command that returns sessions, windows or panes: each once, whichever of the given stand for it.</summary>
public abstract class TerminalReaderCmdlet : TerminalCmdlet
{
    /// <summary>Does something with what there is in the store of each of those that were given; once, for everything, when none was.</summary>
    private protected void ForEach(TerminalSessionReference[]? given, Action<TerminalView, TerminalSessionReference?> work)
    {
        if (given is null)
            Look(null, "terminals", view => work(view, null));
        foreach (TerminalSessionReference reference in given ?? [])
            Look(reference.Origin, reference.Text, view => work(view, reference));
    }

    /// <summary>Looks into a store.</summary>
    private protected void Look(StoreOrigin? origin, string what, Action<TerminalView> work)
    {
        StoreTarget target = FindTarget(origin, StoreAccess.Read);
        ForOneOf(what, target, () => work(View(ToRead(target))));
    }

    /// <summary>Reports what was asked for by number and is not there.</summary>
    private protected void ReportMissing(IEnumerable<long> wanted, Func<long, bool> isThere, StoreError error, string noun, string directory)
    {
        foreach (long id in wanted.Where(id => !isThere(id)))
            WriteError(ToRecord(new StoreException(error, string.Create(CultureInfo.InvariantCulture, $"There is no terminal {noun} {id}.")), id, directory));
    }
}
