using System.Management.Automation;
using System.Text.RegularExpressions;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Receive-TerminalOutput: returns what programs in panes have written, and follows them if so asked.</summary>
[Cmdlet(VerbsCommunications.Receive, "TerminalOutput", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(string))]
[OutputType(typeof(byte[]))]
public sealed class ReceiveTerminalOutputCommand : TerminalCmdlet
{
    /// <summary>How long it takes at most until Ctrl+C is noticed.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Longer than any sensible pattern takes for a line; some would never come to an end.</summary>
    private static readonly TimeSpan MatchMax = TimeSpan.FromSeconds(2);

    private Regex? _until;

    /// <summary>The panes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference[]? Pane { get; set; }

    /// <summary>So many of the last lines.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? Last { get; set; }

    /// <summary>What follows this position.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? From { get; set; }

    /// <summary>Return text as it comes, not line by line.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Return bytes.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>Leave out escape sequences and control characters.</summary>
    [Parameter]
    public SwitchParameter StripFormatting { get; set; }

    /// <summary>Go on as long as the program runs.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Wait until a line matches this regular expression, and end with it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <summary>Wait for so long at most; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>The name of a variable that gets the position to go on from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PositionVariable { get; set; }

    private bool Waits => Wait || Until is not null;

    private ReceivedForm Form => AsByteStream ? ReceivedForm.Bytes : Raw ? ReceivedForm.Text : ReceivedForm.Lines;

    private protected override void Begin()
    {
        if (Last is not null && From is not null)
            throw ErrorRecords.ArgumentInvalid("-Last and -From were both given; they exclude each other.");
        if (AsByteStream && (Raw || StripFormatting))
            throw ErrorRecords.ArgumentInvalid("-AsByteStream returns bytes as they are; -Raw and -StripFormatting are for text.");
        if (Timeout is not null && !Waits)
            throw ErrorRecords.ArgumentInvalid("-Timeout is for -Wait and -Until: without them nothing is waited for.");
        if (Timeout < TimeSpan.Zero)
            throw ErrorRecords.ArgumentInvalid("-Timeout is negative; without it there is no limit.");
        _until = Until is null ? null : Compile(Until);
    }

    private protected override void Process()
    {
        foreach (TerminalPaneReference pane in Pane!)
        {
            StoreTarget target = FindTarget(pane.Origin, StoreAccess.Read);
            ForOneOf(pane.Text, target, () =>
            {
                WalStore store = Waits ? ToTalk(target) : ToRead(target);
                Receive(store.Panes, pane.Find(store.Panes.Tree).Id);
            });
        }
    }

    private void Receive(StorePanes panes, PaneId pane)
    {
        OutputReceiver receiver = new(Form, StripFormatting, _until, output => WriteObject(output, enumerateCollection: false));
        AwaitLogged(panes, pane);
        PaneOutput output = Find(panes, pane);
        receiver.Begin(FindStart(output), isAtLimit: From is null);
        Read(panes, pane, receiver, output.End);
        if (Waits)
            Follow(panes, pane, receiver);
        receiver.Finish(isLast: !panes.IsLive(pane) && !receiver.HasFound);
        if (receiver.Gaps > 1)
            WriteWarning($"The output of pane {pane} has {receiver.Gaps} such gaps, of {receiver.LostBytes} bytes together: it was written faster than it was received.");
        if (PositionVariable is not null)
            SessionState.PSVariable.Set(PositionVariable, receiver.Position);
        if (_until is not null && !receiver.HasFound)
            throw ErrorRecords.OutputNotFound(Until!, pane, panes.IsLive(pane));
    }

    /// <summary>What was read of a program a moment ago is in the log a moment later.</summary>
    private void AwaitLogged(StorePanes panes, PaneId pane)
    {
        try
        {
            while (panes.Host is PaneHost host && host.IsLive(pane) && !host.Flush(Slice))
                StopToken.ThrowIfCancellationRequested();
        }
        catch (StoreException e)
        {
            WriteWarning(e.Message);
        }
    }

    private long FindStart(PaneOutput output)
    {
        if (From is long from)
            return from;
        return Last is long lines ? output.FindLine(lines) : output.FindStart();
    }

    private void Read(StorePanes panes, PaneId pane, OutputReceiver receiver, long end)
    {
        while (receiver.Next < end && !receiver.HasFound && Find(panes, pane).ReadNext(receiver.Next) is OutputPiece piece)
        {
            StopToken.ThrowIfCancellationRequested();
            if (piece.Position > receiver.Next && receiver.Gaps == 0)
                WriteWarning($"The output of pane {pane} from {receiver.Next} to {piece.Position} is no longer kept.");
            receiver.Take(piece);
        }
    }

    /// <summary>Until the program has ended and all of its output was received, the line that is waited for has come, or the time is over.</summary>
    private void Follow(StorePanes panes, PaneId pane, OutputReceiver receiver)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!receiver.HasFound)
        {
            receiver.HandOut();
            StopToken.ThrowIfCancellationRequested();
            bool isLive = panes.IsLive(pane);
            TimeSpan left = Timeout is TimeSpan timeout ? timeout - TimeProvider.System.GetElapsedTime(started) : Slice;
            if (isLive && left > TimeSpan.Zero)
                panes.Host!.WaitForOutput(pane, receiver.Next, left < Slice ? left : Slice);
            PaneOutput output = Find(panes, pane);
            if (output.End > receiver.Next)
                Read(panes, pane, receiver, output.End);
            else if (!isLive || left <= TimeSpan.Zero)
                return;
        }
    }

    private static PaneOutput Find(StorePanes panes, PaneId pane) =>
        panes.State.FindOutput(pane) ?? throw new StoreException(StoreError.PaneNotFound, $"There is no terminal pane {pane}.");

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchMax);
        }
        catch (ArgumentException e)
        {
            throw ErrorRecords.ArgumentInvalid($"-Until is no regular expression: {e.Message}");
        }
    }
}
