using System.Management.Automation;
using System.Text;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Send-TerminalInput: gives the program in a pane input, as if it were typed.</summary>
[Cmdlet(VerbsCommunications.Send, "TerminalInput", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class SendTerminalInputCommand : TerminalCmdlet
{
    /// <summary>The panes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference[]? Pane { get; set; }

    /// <summary>Lines; after each comes Enter.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [Alias("InputObject")]
    [TextInput]
    [AllowEmptyString]
    public string[]? Text { get; set; }

    /// <summary>Bytes, sent as they are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public byte[]? Bytes { get; set; }

    /// <summary>Keys.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public TerminalKey[]? Key { get; set; }

    /// <summary>Send text without Enter.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    private protected override void Process()
    {
        byte[] input = ReadInput();
        foreach (TerminalPaneReference pane in Pane!)
        {
            StoreTarget target = FindTarget(pane.Origin, StoreAccess.Write);
            ForOneOf(pane.Text, target, () => Send(ToTalk(target), pane, input));
        }
    }

    private void Send(WalStore store, TerminalPaneReference reference, byte[] input)
    {
        PaneId pane = reference.Find(store.Panes.Tree).Id;
        if (ShouldProcess($"pane '{reference}' ({store.Path})", $"Send {input.Length} bytes"))
            store.Panes.RequireHost(CurrentDirectory).Send(pane, input);
    }

    private byte[] ReadInput()
    {
        if (new object?[] { Text, Bytes, Key }.Count(static given => given is not null) != 1)
            throw ErrorRecords.ArgumentInvalid("Give exactly one of -Text, -Bytes and -Key.");
        if (Bytes is not null)
            return Bytes;
        if (Key is not null)
            return [.. Key.SelectMany(TerminalKeys.BytesOf)];
        string enter = NoNewline ? "" : "\r";
        return Encoding.UTF8.GetBytes(string.Concat(Text!.Select(line => line + enter)));
    }
}
