using System.Management.Automation;
using Persistence.Engine;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>Test-WalIntegrity: verifies everything a store holds. Changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "WalIntegrity", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(bool))]
[OutputType(typeof(IntegrityReport))]
public sealed class TestWalIntegrityCommand : StoreCmdlet
{
    /// <summary>Return the report.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override void Process() => ForEachTarget(target =>
    {
        using ProgressReporter progress = StartProgress($"Verifying '{target.Directory}'");
        IntegrityReport report = FileInspector.Complete(WalStore.Inspect(target.Directory, progress.Report), target.Directory, progress.Report, StopToken);
        Tell(report);
        WriteObject(Detailed ? StoreOutput.Of(target.Directory, report) : report.IsHealthy);
    });

    private void Tell(IntegrityReport report)
    {
        foreach (RecoveryFinding finding in report.Findings)
        {
            if (finding.Severity == FindingSeverity.Information)
                WriteVerbose(finding.Message);
            else
                WriteWarning(finding.Message);
        }

        WriteDebug($"Verified {report.RecordsRead} records in {report.FramesRead} frames from LSN {report.FirstLsn} to {report.EndLsn}.");
    }
}
