using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>A store, or its host, has broken a promise.</summary>
/// <param name="discrepancies">Which.</param>
internal sealed class ConvictedException(params IReadOnlyList<Discrepancy> discrepancies) : Exception(discrepancies[0].ToString())
{
    public IReadOnlyList<Discrepancy> Discrepancies => discrepancies;
}
