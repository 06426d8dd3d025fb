using System.Globalization;
using System.Management.Automation;
using Persistence.Checkpoints;

namespace PersistenceModule;

/// <summary>New-Checkpoint: takes a checkpoint of the state.</summary>
[Cmdlet(VerbsCommon.New, "Checkpoint", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(CheckpointInfo))]
public sealed class NewCheckpointCommand : StoreCmdlet
{
    /// <summary>A label.</summary>
    [Parameter]
    [ValidateLength(1, 256)]
    public string? Name { get; set; }

    /// <summary>Take the whole state.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>Take what has changed since the checkpoint before.</summary>
    [Parameter]
    public SwitchParameter Incremental { get; set; }

    /// <summary>How many are kept, each with its increments.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int? Keep { get; set; }

    private CheckpointKind Kind => Full ? CheckpointKind.Full : Incremental ? CheckpointKind.Incremental : CheckpointKind.Automatic;

    private protected override void Begin()
    {
        if (Full && Incremental)
            throw ErrorRecords.KindAmbiguous();
    }

    private protected override void Process() => ForEachStore(StoreAccess.Write, Take, directory => ShouldProcess(directory, "Take checkpoint"));

    private void Take(WalStore store)
    {
        using ProgressReporter progress = StartProgress($"Taking a checkpoint of '{store.Path}'");
        CheckpointInfo checkpoint = store.Engine.TakeCheckpoint(new CheckpointRequest
        {
            Name = Name,
            Kind = Kind,
            Keep = Keep,
            Stop = StopToken,
            Progress = made => progress.Report(string.Create(CultureInfo.InvariantCulture, $"{(made.IsVerifying ? "Reading back" : "Writing")}: {made.RawBytes:N0} bytes"), made.Done, made.Total),
        });
        WriteDebug($"Checkpoint {checkpoint.Id} holds the state at LSN {checkpoint.End}; replay starts at {checkpoint.RedoFrom}.");
        WriteObject(StoreOutput.Of(store.Path, checkpoint));
    }
}
