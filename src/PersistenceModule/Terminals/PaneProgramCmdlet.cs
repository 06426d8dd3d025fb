using System.Collections;
using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A command that says what is to run in a pane.</summary>
public abstract class PaneProgramCmdlet : TerminalCmdlet
{
    /// <summary>The program: a path, or a name that is looked for in PATH.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    /// <summary>Its arguments.</summary>
    [Parameter(Position = 2)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [Alias("Args")]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>The directory it starts in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>Variables of its environment; null as a value removes one that would be inherited.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Environment { get; set; }

    /// <summary>Keep the values of variables that look like secrets, too.</summary>
    [Parameter]
    public SwitchParameter PersistSecret { get; set; }

    /// <summary>What -Environment says.</summary>
    private protected SecretVariables ReadEnvironment(WalStore store) => TerminalEnvironment.Read(Environment, store, PersistSecret);

    /// <summary>The directory, as the file system calls it.</summary>
    private protected string? ResolveWorkingDirectory() => WorkingDirectory is null ? null : StorePaths.ResolveLiteral(this, WorkingDirectory);

    /// <summary>A pane's configuration with what was given.</summary>
    /// <param name="before">The configuration.</param>
    /// <param name="changes">What -Environment says.</param>
    private protected PaneConfiguration Apply(PaneConfiguration before, IReadOnlyList<EnvironmentEntry> changes)
    {
        PaneConfiguration after = before;
        // Arguments belong to their program.
        if (Command is not null)
            after = after with { Command = Command, Arguments = [] };
        if (IsGiven(nameof(ArgumentList)))
            after = after with { Arguments = ArgumentList };
        if (ResolveWorkingDirectory() is string directory)
            after = after with { WorkingDirectory = directory };
        return changes.Count == 0 ? after : after with { Environment = TerminalEnvironment.Merge(after.Environment, changes, []) };
    }
}
