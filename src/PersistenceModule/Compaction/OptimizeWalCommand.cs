using System.Globalization;
using System.Management.Automation;
using Persistence.Compaction;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>Optimize-Wal: merges checkpoints and lets go of log that nobody needs.</summary>
[Cmdlet(VerbsCommon.Optimize, "Wal", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(CompactionReport))]
public sealed class OptimizeWalCommand : StoreCmdlet
{
    /// <summary>How long log is kept that only readers want.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan RetainFor { get; set; }

    /// <summary>How many bytes of log are kept at most, beyond what recovery needs.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? TargetSize { get; set; }

    /// <summary>How many checkpoints are kept.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int? Keep { get; set; }

    private protected override void Begin()
    {
        if (RetainFor < TimeSpan.Zero)
            throw new StoreException(StoreError.ConfigurationInvalid, $"-RetainFor is {RetainFor}; allowed: 0 and more.");
    }

    private protected override void Process() => ForEachStore(StoreAccess.Write, Optimize, directory => ShouldProcess(directory, "Merge checkpoints and remove log"));

    private void Optimize(WalStore store)
    {
        using ProgressReporter progress = StartProgress($"Compacting '{store.Path}'");
        CompactionReport report = store.Engine.Compact(new CompactionRequest
        {
            LogBytes = TargetSize,
            RetainFor = MyInvocation.BoundParameters.ContainsKey(nameof(RetainFor)) ? RetainFor : null,
            Keep = Keep,
            Stop = StopToken,
            Progress = made => progress.Report(Describe(made), (long)(made.Share * 1000), 1000),
        });
        WriteObject(StoreOutput.Of(store.Path, report));
    }

    private static string Describe(CompactionProgress made) => made.Remaining is TimeSpan remaining
        ? string.Create(CultureInfo.InvariantCulture, $"{made.Phase}, about {Math.Ceiling(remaining.TotalSeconds):0} s remaining")
        : $"{made.Phase}";
}
