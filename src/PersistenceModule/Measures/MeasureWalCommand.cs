using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Measure-Wal: the figures of a store. By path nothing is written, whoever holds the store.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Wal", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalMeasure))]
public sealed class MeasureWalCommand : StoreCmdlet
{
    private protected override void Process() => ForEachStore(StoreAccess.Read, store =>
    {
        using ProgressReporter progress = StartProgress($"Measuring '{store.Path}'");
        WriteObject(new WalMeasure(store, progress.Report));
    });
}
